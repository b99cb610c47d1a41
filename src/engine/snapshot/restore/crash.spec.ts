import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { snapshotTree, useTempFolder, type TreeFact } from '../../testing/index.js';
import { rollBackFileRestore, rollBackFileRestores } from './index.js';
import { makeSite, runRestore, SCENARIOS } from './testing/crash-scenario.js';
import { linkCounts } from './testing/packed-site.js';

vi.setConfig({ testTimeout: 60_000 });

class Crash extends Error {}

/** Ends the run at the given step, as a crash would: nothing is cleaned up by the code itself. */
function crashAt(at: number, seen: string[]): (step: string) => void {
  return (step) => {
    seen.push(step);
    if (seen.length === at) throw new Crash(step);
  };
}

describe('a restore that is killed', () => {
  const temp = useTempFolder('crash', { inMemory: true });
  const fresh = (): void => {
    rmSync(temp('run'), { recursive: true, force: true });
    mkdirSync(temp('run/www'), { recursive: true });
    mkdirSync(temp('run/work'));
    makeSite(temp('run/www/site'));
  };
  const now = (): TreeFact[] => snapshotTree(temp('run/www/site'));
  const expectNoLitter = (at: string): void => {
    expect(readdirSync(temp('run/www')), at).toEqual(['site']);
    // A file that both trees had has one name again.
    expect(linkCounts(temp('run/www/site')), at).toEqual([1]);
    expect(readdirSync(temp('run/work/file-restore')), at).toEqual([]);
  };
  const outcomes = async (scenario: string): Promise<{ before: TreeFact[]; after: TreeFact[]; steps: string[] }> => {
    fresh();
    const before = now();
    const steps: string[] = [];
    await runRestore(temp('run'), scenario, (step) => steps.push(step));
    const after = now();
    expectNoLitter('clean run');
    expect(after).not.toEqual(before);
    return { before, after, steps };
  };

  it.each(Object.keys(SCENARIOS))('comes out as the old tree or the new one, at any step: %s', async (scenario) => {
    const { before, after, steps } = await outcomes(scenario);
    const committed = steps.indexOf('committed') + 1;
    expect(steps.length).toBeGreaterThan(8);
    for (let at = 1; at <= steps.length; at++) {
      fresh();
      const seen: string[] = [];
      await expect(runRestore(temp('run'), scenario, crashAt(at, seen))).rejects.toBeInstanceOf(Crash);
      await rollBackFileRestores(join(temp('run'), 'work'));
      const where = `${at}: ${seen.join(', ')}`;
      expect(now(), where).toEqual(at < committed ? before : after);
      expectNoLitter(where);
      await rollBackFileRestores(join(temp('run'), 'work'));
      expect(now(), where).toEqual(at < committed ? before : after);
    }
  });

  it.each(Object.keys(SCENARIOS))('and again while it is rolled back: %s', async (scenario) => {
    const { before, steps } = await outcomes(scenario);
    const activated = steps.indexOf('activated') + 1;
    const swapped = steps.indexOf('swapped') + 1;
    for (const at of [activated, swapped]) {
      let rollBackSteps = 1;
      for (let again = 1; again <= rollBackSteps; again++) {
        fresh();
        await expect(runRestore(temp('run'), scenario, crashAt(at, []))).rejects.toBeInstanceOf(Crash);
        const undo: string[] = [];
        await rollBackFileRestore(temp('run/work'), 'files', crashAt(again, undo)).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        rollBackSteps = Math.max(rollBackSteps, undo.length === again ? again + 1 : undo.length);
        await rollBackFileRestores(temp('run/work'));
        expect(now(), `${at}, then ${undo.join(', ')}`).toEqual(before);
        expectNoLitter(undo.join(', '));
      }
      expect(rollBackSteps).toBeGreaterThan(4);
    }
  });

  it.each(['whole', 'delta'])('by a real SIGKILL: %s', async (scenario) => {
    const { before, after, steps } = await outcomes(scenario);
    const committed = steps.indexOf('committed') + 1;
    const child = join(import.meta.dirname, 'testing/crash-child.ts');
    for (const at of [3, steps.indexOf('carried') + 1, steps.indexOf('swapped') + 1, committed + 1]) {
      fresh();
      const run = spawnSync(process.execPath, ['--import', 'tsx', child, temp('run'), scenario, String(at)]);
      expect(run.signal).toBe('SIGKILL');
      await rollBackFileRestores(temp('run/work'));
      expect(now()).toEqual(at < committed ? before : after);
      expectNoLitter(String(at));
    }
  });
});
