import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../common/errors/index.js';
import { useTempFolder } from '../testing/temp-folder.js';
import { StopRequest } from '../ports/index.js';
import { JobRunner } from './job-runner.js';
import type { RunnableStage } from './runnable-stage.js';
import { attempt, failing, later, ok } from './run.spec-support.js';

const folder = useTempFolder('runner');

describe('JobRunner', () => {
  it('runs the stages in order and knows when all have finished', async () => {
    const { run, recorder, work } = await attempt(folder('work'));
    expect(await run([ok('a', () => writeFileSync(folder('work', 'x'), 'x')), ok('b')])).toEqual({
      outcome: 'completed',
    });
    expect(recorder.lines).toEqual(['resumed ', 'start a', 'completed a', 'start b', 'completed b']);
    expect(await JobRunner.hasFinished(work, ['a', 'b'])).toBe(true);
    expect(await JobRunner.hasFinished(work, ['a', 'b', 'c'])).toBe(false);
  });

  it('goes on from the first stage that has not finished', async () => {
    const first = await attempt(folder('work'));
    const end = await first.run([ok('a'), ok('b'), failing('c', later), ok('d')], { goesOnLater: () => true });
    expect(end).toMatchObject({ outcome: 'postponed', stage: 'c', error: { code: 'BUSY' } });
    const second = await attempt(folder('work'));
    expect(await second.run([ok('a'), ok('b'), ok('c'), ok('d')])).toEqual({ outcome: 'completed' });
    expect(second.recorder.lines).toEqual(['resumed a,b', 'start c', 'completed c', 'start d', 'completed d']);
  });

  it('goes on earlier when the output of a finished stage does not check, and forgets what came after', async () => {
    const first = await attempt(folder('work'));
    await first.run([ok('a'), ok('b'), ok('c'), failing('d', later)], { goesOnLater: () => true });
    await first.work.checkpoints.set('c', { stale: true });
    await first.work.checkpoints.set('b', { mine: true });
    const second = await attempt(folder('work'));
    let seen: unknown[] = [];
    const look = async (): Promise<void> => {
      seen = [await second.work.checkpoints.get('b'), await second.work.checkpoints.get('c')];
    };
    const broken: RunnableStage = { ...ok('b', look), check: () => Promise.reject(new Error('torn')) };
    await second.run([ok('a'), broken, ok('c'), ok('d')]);
    expect(second.recorder.lines.filter((line) => line.startsWith('start'))).toEqual(['start b', 'start c', 'start d']);
    expect(seen).toEqual([{ mine: true }, null]);
  });

  it('cleans up after a failure: skips the rest, runs cleanup', async () => {
    const { run, recorder } = await attempt(folder('work'));
    const end = await run([failing('a', new Error('boom')), ok('b'), ok('cleanup')]);
    expect(end).toMatchObject({ outcome: 'failed', stage: 'a', error: { code: 'INTERNAL' } });
    expect(recorder.lines).toEqual([
      'resumed ',
      'start a',
      'failed a',
      'skipped b',
      'start cleanup',
      'completed cleanup',
    ]);
  });

  it('does not follow links when it removes the work folder', async () => {
    mkdirSync(folder('site'));
    writeFileSync(folder('site', 'precious'), 'x');
    const { run, work } = await attempt(folder('work'));
    const { symlinkSync } = await import('node:fs');
    await run([ok('a', () => symlinkSync(folder('site'), folder('work', 'link')))]);
    await work.clear();
    expect(existsSync(folder('work', 'link'))).toBe(false);
    await work.remove();
    expect(readdirSync(folder('site'))).toEqual(['precious']);
    expect(existsSync(folder('work'))).toBe(false);
  });

  it('ends as cancelled whatever the stopped stage throws, with cleanup still run', async () => {
    const { run, recorder } = await attempt(folder('work'));
    const stop = new AbortController();
    const dying: RunnableStage = {
      name: 'a',
      run: () => {
        stop.abort(new StopRequest('cancel'));
        return Promise.reject(new Error('mariadb-dump was killed'));
      },
    };
    expect(await run([dying, ok('b'), ok('cleanup')], {}, stop.signal)).toEqual({ outcome: 'cancelled' });
    expect(recorder.lines).toContain('completed cleanup');
    expect(recorder.lines).not.toContain('start b');
  });

  it('keeps the folder on a shut-down and goes on at the next start', async () => {
    const first = await attempt(folder('work'));
    const stop = new AbortController();
    const stopped = ok('b', () => {
      stop.abort(new StopRequest('shutdown'));
      throw new Error('closed');
    });
    expect(await first.run([ok('a'), stopped, ok('cleanup')], {}, stop.signal)).toEqual({ outcome: 'interrupted' });
    expect(existsSync(first.work.path)).toBe(true);
    const second = await attempt(folder('work'));
    await second.run([ok('a'), ok('b'), ok('cleanup')]);
    expect(second.recorder.lines[0]).toBe('resumed a');
  });

  it('takes back what was done after a failure; a failed undo keeps the folder', async () => {
    const undone: string[] = [];
    const first = await attempt(folder('work'));
    const undo = (error: AppError): Promise<'taken-back'> => {
      undone.push(error.code);
      return Promise.resolve('taken-back');
    };
    expect(await first.run([failing('a', later)], { undo })).toMatchObject({ outcome: 'failed' });
    expect(undone).toEqual(['BUSY']);
    await first.work.remove();
    const late = await attempt(folder('work'));
    expect(await late.run([failing('a', later)], { undo: () => Promise.resolve('finished' as const) })).toEqual({
      outcome: 'completed',
    });
    await late.work.remove();
    const second = await attempt(folder('work'));
    const stuck = await second.run([failing('a', later), ok('cleanup')], {
      undo: () => Promise.reject(new Error('no way back')),
    });
    expect(stuck).toMatchObject({ outcome: 'stuck', error: { message: 'no way back' } });
    expect(existsSync(second.work.path)).toBe(true);
  });

  it('keeps 200 warnings and counts all of them', async () => {
    const { run, recorder, journal } = await attempt(folder('work'));
    await run([
      ok('a', () => {
        for (let i = 0; i < 1000; i++) journal.warn({ code: `W${i}`, message: 'w' });
      }),
      ok('b', () => journal.warn({ code: 'LAST', message: 'w' })),
    ]);
    expect(recorder.kept).toHaveLength(200);
    expect(recorder.lines).toContain('completed a (1000 warnings)');
    expect(recorder.lines).toContain('completed b (1 warnings)');
  });

  it('fails loudly when something could not be recorded, and nothing goes on behind that', async () => {
    const broken = await attempt(folder('work'));
    broken.recorder.failOn = 'warning';
    const seen: string[] = [];
    const warned = ok('a', () => broken.journal.warn({ code: 'W', message: 'w' }));
    const other: RunnableStage = {
      name: 'b',
      needs: [],
      run: (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            seen.push('b stopped');
            reject(new Error('stopped'));
          });
        }),
    };
    await expect(broken.run([warned, other, ok('c')])).rejects.toThrow('observer: warning');
    expect(seen).toEqual(['b stopped']);
    expect(broken.recorder.lines).not.toContain('start c');
  });

  it('writes what happens at the same time at once', async () => {
    const { run, recorder } = await attempt(folder('work'));
    await run([ok('a'), ok('b')]);
    expect(recorder.writes).toEqual([['resumed ', 'start a'], ['completed a', 'start b'], ['completed b']]);
  });
});
