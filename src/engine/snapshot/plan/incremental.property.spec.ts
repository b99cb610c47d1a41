import { chmodSync, linkSync, lstatSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PlanBench, type BenchBackup } from '../../testing/plan-bench.js';
import { makeRandomTree } from '../../testing/random-tree.js';
import { SeededRandom } from '../../testing/random.js';
import { entryPath, type ManifestEntry } from '../manifest/index.js';

const LATER = { later: 10_000 };

describe('incremental manifests', { timeout: 120_000 }, () => {
  it('are those of a full backup, but for the places, whatever happened to the tree', async () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const bench = new PlanBench();
      try {
        await expectSameManifests(bench, new SeededRandom(seed), `seed ${seed}`);
      } finally {
        bench.remove();
      }
    }
  });
});

/** Three days of changes: each day's incremental backup against a full one. */
async function expectSameManifests(bench: PlanBench, random: SeededRandom, seed: string): Promise<void> {
  makeRandomTree(bench.site, random, { entries: 80, maxFileBytes: 2000 });
  let last = await bench.backup(LATER);
  for (let day = 0; day < 3; day += 1) {
    changeTree(bench.site, last, random);
    const incremental = await bench.backup({ parent: last.parent, ...LATER });
    const full = await bench.backup(LATER);
    expect([...incremental.entries].map(withoutPlace), seed).toEqual([...full.entries].map(withoutPlace));
    expect(incremental.plan.kept.entries, seed).toBeGreaterThan(0);
    const sum = [...incremental.entries.values()].reduce(
      (all, entry) => all + (entry.in === undefined ? 0 : entry.size),
      0,
    );
    const live = incremental.parent.header.bundles.reduce((all, bundle) => all + bundle.live, 0);
    expect(live, seed).toBe(sum);
    last = incremental;
  }
}

function withoutPlace([path, { in: location, ...entry }]: [string, ManifestEntry]): unknown {
  return { ...entry, path, stored: location !== undefined };
}

/** Some changes at random, of every kind. */
function changeTree(site: string, backup: BenchBackup, random: SeededRandom): void {
  const all = [...backup.entries.values()].filter((entry) => entry.path !== 'files');
  const pathOf = (entry: ManifestEntry): Buffer =>
    Buffer.concat([Buffer.from(site), entryPath(entry).subarray('files'.length)]);
  for (let i = 0; i < 6; i += 1) {
    const entry = random.pick(all);
    const path = pathOf(entry);
    const kind = random.below(9);
    try {
      if (kind === 0) rmSync(path, { recursive: true });
      // What has the name now: a FIFO without a reader would never open.
      else if (kind === 1 && lstatSync(path).isFile()) writeFileSync(path, random.bytes(random.below(500)));
      else if (kind === 2) chmodSync(path, random.pick([0o755, 0o700, 0o750]));
      else if (kind === 3)
        renameSync(path, Buffer.concat([Buffer.from(site), Buffer.from(`/moved-${random.below(999)}`)]));
      else if (kind === 4) linkSync(path, Buffer.concat([Buffer.from(site), Buffer.from(`/${random.below(2)}-link`)]));
      else if (kind === 5) renameSync(path, pathOf(random.pick(all)));
      else if (kind === 6) makeRandomTree(path.toString(), random, { entries: 5, maxFileBytes: 100 });
      else if (kind === 7 && entry.type !== 'symlink') utimesSync(path, random.below(1e9), random.below(1e9));
      else symlinkSync('somewhere', Buffer.concat([path, Buffer.from(`-link-${random.below(9)}`)]));
    } catch {
      // It was removed, or is not of a kind that this can be done to.
    }
  }
}
