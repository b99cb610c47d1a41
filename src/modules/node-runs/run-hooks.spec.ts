import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Job, JobExtensions, jobLost, NodeRuns } from '../jobs/index.js';
import { RunHooks } from './run-hooks.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const MINUTE = 60_000;
const job = Object.assign(new Job(), { deliveryId: 'run', stages: [{ name: 'backup_db' }] });
function runsThat(held: NodeRuns['held']): NodeRuns {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one method that hooks call
  return { held } as NodeRuns;
}

it('hooks that take long run once, however often the node asks', async () => {
  const extensions = new JobExtensions();
  let begun = 0;
  extensions.register({
    atMoment: async () => {
      begun += 1;
      await new Promise((resolve) => {
        setTimeout(resolve, 40 * MINUTE);
      });
    },
  });
  const hooks = new RunHooks(
    extensions,
    runsThat(() => Promise.resolve(job)),
  );
  const asked = [hooks.run(job, 'before:backup_db')];
  for (let minutes = 0; minutes < 50; minutes += 4) {
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    asked.push(hooks.run(job, 'before:backup_db'));
  }
  expect(await Promise.all(asked)).toEqual(asked.map(() => ({ notes: [], warnings: [], error: null })));
  expect(begun).toBe(1);
});

it.each([
  ['cancelled', () => Promise.resolve(Object.assign(new Job(), { cancelRequestedAt: new Date() }))],
  ['given to another run', () => Promise.reject(jobLost('run'))],
])('hooks of a job that was %s are ended', async (_, held) => {
  const extensions = new JobExtensions();
  extensions.register({
    atMoment: (_job, _moment, _journal, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('ended')), { once: true });
      }),
  });
  const answer = new RunHooks(extensions, runsThat(held)).run(job, 'before:backup_db');
  await vi.advanceTimersByTimeAsync(5000);
  expect(await answer).toMatchObject({ error: { message: expect.stringContaining('ended') as string } });
});

it('hooks go on while the master can not see whether the run holds its job', async () => {
  const extensions = new JobExtensions();
  extensions.register({
    atMoment: async (_job, _moment, _journal, signal) => {
      await new Promise((resolve) => {
        setTimeout(resolve, MINUTE);
      });
      expect(signal.aborted).toBe(false);
    },
  });
  const answer = new RunHooks(
    extensions,
    runsThat(() => Promise.reject(new Error('away'))),
  ).run(job, 'before:backup_db');
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(await answer).toMatchObject({ error: null });
});
