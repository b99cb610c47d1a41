import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROW_NAMES, type RowName } from '../../bench/options.js';
import type { Results } from '../../bench/report/results.js';
import { ROWS } from '../../bench/rows/index.js';
import { findProgram, makeScratch } from '../support/scratch.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The same code as another row, with other arguments. */
const TWINS: readonly RowName[] = [
  'unchanged-files',
  'restore-files',
  'cold',
  'site-s',
  'site-s-unchanged',
  'nodes-limit',
  'nodes-two-masters',
  'nodes-at-once',
];

/** The bench on a tiny corpus: that it works, not what it measures. */
describe('npm run bench', () => {
  const scratch = makeScratch('bench-smoke');
  let results: Results;

  beforeAll(async () => {
    await run(
      process.execPath,
      ['--import', 'tsx', 'bench/main.ts', '--quick', `--skip=${TWINS.join(',')}`, `--out=${scratch.path}`],
      {
        cwd: root,
        maxBuffer: 1 << 26,
      },
    );
    results = JSON.parse(readFileSync(join(scratch.path, 'results.json'), 'utf8')) as Results;
  }, 600_000);
  afterAll(() => scratch.remove());

  it('measures every row', () => {
    const measurable = ROW_NAMES.filter((name) => !TWINS.includes(name));
    expect(results.rows.map(({ row }) => row)).toEqual(expect.arrayContaining(measurable));
  });

  it('runs each installed tool, and times it', () => {
    const tools = ['backupd', 'plain', 'original', ...rivals(true)];
    const first = results.rows.find(({ row }) => row === 'first');
    expect(Object.keys(first?.samples ?? {}).toSorted()).toEqual(tools.toSorted());
    for (const [sample] of Object.values(first?.samples ?? {})) {
      expect(sample?.seconds).toBeGreaterThan(0);
      expect(sample?.storedBytes).toBeGreaterThan(100_000);
    }
    expect(first?.samples.backupd?.[0]?.engineSeconds).toBeLessThan(first?.samples.backupd?.[0]?.seconds ?? 0);
  });

  it('has simulated nodes back up their sites, each job taken once', () => {
    const { facts = {} } = results.rows.find(({ row }) => row === 'nodes') ?? {};
    const of = (name: string): number | undefined => facts[`schedule with jitter | ${name}`];
    expect([of('nodes'), of('jobs'), of('completed'), of('taken by nodes'), of('taken twice')]).toEqual([
      10, 4, 4, 4, 0,
    ]);
    expect(of('due to taken s p99')).toBeGreaterThan(0);
  });

  it('prints every promise with what was measured for it', () => {
    const page = readFileSync(join(scratch.path, 'RESULTS.md'), 'utf8');
    const promises = page.slice(page.indexOf('## What was promised'), page.indexOf('## Medians')).split('\n');
    const judged = promises.filter((line) => /missed|met/.test(line));
    const mayLack = new RegExp(
      `^\\| (${TWINS.map((name) => ROWS[name].title).join('|')}) \\||${rivals(false).join('|') || '^$'}`,
      'i',
    );
    expect(promises.filter((line) => line.includes('not measured') && !mayLack.test(line))).toEqual([]);
    expect(judged.length).toBeGreaterThan(9);
    expect(page).not.toContain('NaN');
  });
});

/** The tools to compare with that are, or are not, on this machine. */
function rivals(areThere: boolean): string[] {
  return ['restic', 'borg'].filter((name) => (findProgram(name) !== null) === areThere);
}
