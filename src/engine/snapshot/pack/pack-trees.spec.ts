import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBundle, PackBench } from '../../testing/pack-bench.js';
import { describeTree, makeTree, treeArbitrary } from '../../testing/pack-tree.js';
import { comparePaths } from '../manifest/index.js';

let bench: PackBench;
beforeEach(() => {
  bench = new PackBench();
});
afterEach(() => bench.remove());

describe('random trees', () => {
  it('come back from stock tar as they were, and the manifest tells the truth', { timeout: 120_000 }, async () => {
    let n = 0;
    await fc.assert(
      fc.asyncProperty(treeArbitrary, async (tree) => {
        n += 1;
        bench.site = join(bench.folder, `site-${n}`);
        bench.workDir = join(bench.folder, `work-${n}`);
        mkdirSync(bench.workDir);
        makeTree(Buffer.from(bench.site), tree);
        const before = describeTree(Buffer.from(bench.site));
        const planned = await bench.plan();
        const bundle = await bench.pack({ workers: 1 + (n % 2) });
        const out = bench.extract(bundle);
        expect(describeTree(Buffer.from(join(out, 'files')))).toEqual(before);
        expect(bench.journal.warnings).toEqual([]);
        const entries = await checkBundle(bundle);
        const paths = [...entries.keys()].filter((p) => p.startsWith('files'));
        expect(paths).toEqual([...before.keys()]);
        expect(planned.entries).toBe(before.size);
        const bytes = paths.map((p) => Buffer.from(p, 'latin1'));
        expect(bytes).toEqual(bytes.toSorted(comparePaths));
        rmSync(out, { recursive: true });
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
