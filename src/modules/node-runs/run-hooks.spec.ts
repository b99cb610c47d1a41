import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Job, JobExtensions } from '../jobs/index.js';
import { RunHooks } from './run-hooks.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const MINUTE = 60_000;

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
  const hooks = new RunHooks(extensions);
  const job = Object.assign(new Job(), { deliveryId: 'run', stages: [{ name: 'backup_db' }] });
  const asked = [hooks.run(job, 'before:backup_db')];
  for (let minutes = 0; minutes < 50; minutes += 4) {
    await vi.advanceTimersByTimeAsync(4 * MINUTE);
    asked.push(hooks.run(job, 'before:backup_db'));
  }
  expect(await Promise.all(asked)).toEqual(asked.map(() => ({ notes: [], warnings: [], error: null })));
  expect(begun).toBe(1);
});
