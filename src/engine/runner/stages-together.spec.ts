import { describe, expect, it } from 'vitest';
import { AppError } from '../../common/errors/index.js';
import { useTempFolder } from '../testing/temp-folder.js';
import { StopRequest } from '../ports/index.js';
import { JobRunner } from './job-runner.js';
import type { RunnableStage } from './runnable-stage.js';
import { attempt, failing, later, ok, type Recorder } from './run.spec-support.js';

const folder = useTempFolder('stages');

const side = (stage: RunnableStage, ...needs: string[]): RunnableStage => ({ ...stage, needs });
const starts = (recorder: Recorder): string[] =>
  recorder.lines.flatMap((line) => (line.startsWith('start ') ? [line.slice(6)] : []));
/** Runs until it is told to stop. */
const endless = (name: string, log: string[]): RunnableStage => ({
  name,
  run: (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        log.push(`${name} told to stop`);
        setImmediate(() => {
          log.push(`${name} stopped`);
          reject(new Error('killed'));
        });
      });
    }),
  check: () => Promise.resolve(true),
});

/** Gives some warnings, each with some progress. */
const noisy = (name: string, warnings: number): RunnableStage => ({
  name,
  needs: [],
  run: (_signal, { journal }) => {
    for (let i = 1; i <= warnings; i++) {
      journal.warn({ code: 'W', message: 'w' });
      journal.progress({ bytesDone: i * 100 });
    }
    return Promise.resolve({ message: 'done' });
  },
});

/** Until what was told just now is written and taken up. */
async function recorderIdle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Two stages, then one that packs what they made: as a WordPress backup has them. */
/** `files` says whether it is whole after a restart. */
const threeStages = (check: boolean): RunnableStage[] => [
  side(ok('dump')),
  side(ok('files', undefined, check)),
  side(ok('pack'), 'files'),
];

describe('stages at the same time', () => {
  it('begin as soon as what they need has ended, and wait within for more', async () => {
    const { run, recorder } = await attempt(folder('work'));
    const dump = Promise.withResolvers<void>();
    const order: string[] = [];
    const pack: RunnableStage = {
      name: 'pack',
      needs: ['files'],
      run: async (_signal, { finished }) => {
        order.push('files packed');
        dump.resolve();
        await finished('dump');
        await finished('files');
        order.push('dump appended');
        return { message: 'packed' };
      },
    };
    const stages = [
      side(
        ok('dump', async () => {
          await dump.promise;
          order.push('dumped');
        }),
      ),
      side(ok('files')),
      pack,
      ok('upload'),
    ];
    expect(await run(stages)).toEqual({ outcome: 'completed' });
    expect(order).toEqual(['files packed', 'dumped', 'dump appended']);
    expect(starts(recorder)).toEqual(['dump', 'files', 'pack', 'upload']);
  });

  it('keep their warnings and progress apart', async () => {
    const { run, recorder } = await attempt(folder('work'));
    await run([noisy('a', 2), noisy('b', 3)]);
    expect(recorder.lines).toEqual(expect.arrayContaining(['completed a (2 warnings)', 'completed b (3 warnings)']));
    expect(recorder.kept.toSorted()).toEqual(['a:W', 'a:W', 'b:W', 'b:W', 'b:W']);
    expect(new Set(recorder.progressed)).toEqual(new Set(['a:100', 'a:200', 'b:100', 'b:200', 'b:300']));
  });

  it('are stopped when one fails, waited for, and only then cleaned up after', async () => {
    const { run, recorder } = await attempt(folder('work'));
    const log: string[] = [];
    const packing = Promise.withResolvers<void>();
    const waits: RunnableStage = {
      name: 'pack',
      needs: ['files'],
      run: async (_signal, { finished }) => {
        const dumped = finished('dump');
        packing.resolve();
        await dumped.catch((error: unknown) => {
          log.push(error instanceof AppError ? error.code : 'other');
          throw error;
        });
        return { message: 'never' };
      },
    };
    const dump: RunnableStage = {
      name: 'dump',
      needs: [],
      run: async () => {
        await packing.promise;
        throw later;
      },
    };
    const end = await run(
      [
        dump,
        side(ok('files')),
        waits,
        side(endless('slow', log)),
        ok('upload'),
        ok('cleanup', () => void log.push('cleanup')),
      ],
      {
        undo: () => {
          log.push('undo');
          return Promise.resolve('taken-back');
        },
      },
    );
    expect(end).toMatchObject({ outcome: 'failed', stage: 'dump', error: { code: 'BUSY' } });
    expect(log.filter((line) => line !== 'JOB_CANCELLED')).toEqual([
      'slow told to stop',
      'slow stopped',
      'undo',
      'cleanup',
    ]);
    expect(log).toContain('JOB_CANCELLED');
    expect(recorder.lines).toEqual(
      expect.arrayContaining(['failed dump', 'skipped pack', 'skipped slow', 'skipped upload', 'completed cleanup']),
    );
    expect(starts(recorder)).not.toContain('upload');
  });

  it('all end as cancelled by one cancel', async () => {
    const { run, recorder } = await attempt(folder('work'));
    const stop = new AbortController();
    const log: string[] = [];
    const ended = run([side(endless('a', log)), side(endless('b', log)), ok('c')], {}, stop.signal);
    while (starts(recorder).length < 2) await new Promise((resolve) => setImmediate(resolve));
    await recorderIdle();
    stop.abort(new StopRequest('cancel'));
    expect(await ended).toEqual({ outcome: 'cancelled' });
    expect(log.toSorted()).toEqual(['a stopped', 'a told to stop', 'b stopped', 'b told to stop']);
    expect(starts(recorder)).toEqual(['a', 'b']);
  });

  it('count after a restart when what they need does, also when an earlier one must run again', async () => {
    const first = await attempt(folder('work'));
    const dies = side(failing('dump', later));
    const packs = side(ok('pack'), 'files');
    const files = Promise.withResolvers<void>();
    const slowDump: RunnableStage = { ...dies, run: () => files.promise.then(() => Promise.reject(later)) };
    const ending = side(
      ok('pack', () => files.resolve()),
      'files',
    );
    await first.run([slowDump, side(ok('files')), ending, ok('upload')], { goesOnLater: () => true });
    // The pack may have been stopped by the failure: make sure that it counts.
    expect(await JobRunner.hasFinished(first.work, ['files', 'pack'])).toBe(true);
    const second = await attempt(folder('work'));
    expect(await second.run([side(ok('dump')), side(ok('files')), packs, ok('upload')])).toEqual({
      outcome: 'completed',
    });
    expect(second.recorder.lines[0]).toBe('resumed files,pack');
    expect(starts(second.recorder)).toEqual(['dump', 'upload']);
  });

  it('run again when what they need must, and forget what they had noted', async () => {
    const first = await attempt(folder('work'));
    await first.run([...threeStages(true), failing('upload', later)], { goesOnLater: () => true });
    await first.work.checkpoints.set('pack', { stale: true });
    const second = await attempt(folder('work'));
    await second.run([...threeStages(false), ok('upload')]);
    expect(second.recorder.lines[0]).toBe('resumed dump');
    expect(starts(second.recorder)).toEqual(['files', 'pack', 'upload']);
    expect(await second.work.checkpoints.get('pack')).toBeNull();
  });

  it('that ended in an earlier attempt are finished for who waits for them', async () => {
    const first = await attempt(folder('work'));
    const pack: RunnableStage = {
      name: 'pack',
      needs: ['files'],
      run: async (_signal, { finished }) => {
        await finished('dump');
        return { message: 'packed' };
      },
    };
    await first.run([side(ok('dump')), side(ok('files')), side(failing('pack', later), 'files', 'dump')], {
      goesOnLater: () => true,
    });
    const second = await attempt(folder('work'));
    expect(await second.run([side(ok('dump')), side(ok('files')), pack])).toEqual({ outcome: 'completed' });
    expect(starts(second.recorder)).toEqual(['pack']);
  });
});
