import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goesOnLater, StopRequest } from '../ports/index.js';
import { useTempFolder } from '../testing/temp-folder.js';
import type { RunnableStage } from './runnable-stage.js';
import { attempt, failing, later, ok } from './run.spec-support.js';

const folder = useTempFolder('runner-stop');
const shutdown = new StopRequest('shutdown');

/** A stage that does nothing until its signal is raised; what it then was. */
const hanging = (name: string, seen: AbortSignal[] = []): RunnableStage => ({
  name,
  run: (signal) =>
    new Promise((_resolve, reject) => {
      seen.push(signal);
      signal.addEventListener('abort', () => reject(new Error('socket closed')), { once: true });
    }),
});

describe('a stage that stands still', () => {
  it('is stopped and has failed for a while; what it sent may be taken up again', async () => {
    const { run, recorder } = await attempt(folder('work'), 30);
    const seen: AbortSignal[] = [];
    const end = await run([ok('a'), hanging('b', seen)], { goesOnLater: (error) => error.retry === 'later' });
    expect(end).toMatchObject({ outcome: 'postponed', stage: 'b', error: { code: 'STAGE_STALLED' } });
    expect(recorder.lines).toContain('failed b');
    expect(seen.map((signal) => goesOnLater(signal))).toEqual([true]);
  });

  it('is not one that waits for another stage, which is; both end', async () => {
    const { run, recorder } = await attempt(folder('work'), 30);
    const waits: RunnableStage = {
      name: 'b',
      needs: [],
      run: async (_signal, { finished }) => {
        await finished('a');
        return { message: '' };
      },
    };
    const end = await run([{ ...hanging('a'), needs: [] }, waits]);
    expect(end).toMatchObject({ outcome: 'failed', stage: 'a', error: { code: 'STAGE_STALLED' } });
    expect(recorder.lines).toContain('skipped b');
  });
});

describe('a run that is to come to its end', () => {
  it('lets the running stage finish, begins no other, and goes on there next time', async () => {
    const drain = new AbortController();
    const first = await attempt(folder('work'));
    const stages = (): RunnableStage[] => [ok('a', () => drain.abort(shutdown)), ok('b'), ok('cleanup')];
    expect(await first.run(stages(), {}, undefined, drain.signal)).toEqual({ outcome: 'interrupted' });
    expect(first.recorder.lines).toEqual(['resumed ', 'start a', 'completed a']);
    const second = await attempt(folder('work'));
    expect(await second.run(stages())).toEqual({ outcome: 'completed' });
    expect(second.recorder.lines[0]).toBe('resumed a');
  });

  it('is complete when the running stage was the last', async () => {
    const drain = new AbortController();
    const { run } = await attempt(folder('work'));
    expect(await run([ok('a', () => drain.abort(shutdown))], {}, undefined, drain.signal)).toEqual({
      outcome: 'completed',
    });
  });

  it('does not wait with a stage for one that begins no more, but for one that runs', async () => {
    const drain = new AbortController();
    const { run, recorder } = await attempt(folder('work'));
    const waits = (name: string, stage: string): RunnableStage => ({
      name,
      needs: [],
      run: async (_signal, { finished }) => {
        if (name === 'b') drain.abort(shutdown);
        await finished(stage);
        return { message: '' };
      },
    });
    const slow: RunnableStage = {
      ...ok('a', () => new Promise((resolve) => setTimeout(resolve, 30))),
      needs: [],
    };
    const end = await run([slow, waits('b', 'a'), waits('c', 'd'), ok('d')], {}, undefined, drain.signal);
    expect(end).toEqual({ outcome: 'interrupted' });
    expect(recorder.lines).toContain('completed b');
    expect(recorder.lines).not.toContain('start d');
  });
});

describe('a run that failed for good', () => {
  it('keeps what it has made where that is asked for: nothing is cleaned up', async () => {
    const { run, work } = await attempt(folder('work'));
    const file = folder('work', 'made');
    const stages = [ok('a', () => writeFileSync(file, 'x')), failing('b', later), ok('cleanup', () => work.clear())];
    expect(await run(stages, { keeps: () => Promise.resolve(true) })).toMatchObject({ outcome: 'failed', kept: true });
    expect(existsSync(file)).toBe(true);
    const again = await attempt(folder('work'));
    expect(await again.run(stages, { keeps: () => Promise.resolve(false) })).toMatchObject({ kept: false });
    expect(existsSync(file)).toBe(false);
  });
});
