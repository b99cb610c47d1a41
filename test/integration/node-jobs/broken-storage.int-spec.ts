import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { AppError } from '../../../src/common/errors/index.js';
import type { StorageDriver } from '../../../src/engine/ports/index.js';
import { StorageService } from '../../../src/modules/storage/index.js';
import { stopCrons } from '../core/test-app.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { TestAgent } from './agent.js';

const test = useJobsApp();
let agent: TestAgent;
beforeAll(async () => {
  await stopCrons(test.app);
  agent = await TestAgent.join(test, 'web');
});
afterAll(() => agent.stop());

async function masterStorage(): Promise<StorageDriver> {
  const [first] = await test.app.get(StorageService, { strict: false }).enabledDestinations();
  if (first === undefined) throw new Error('no storage');
  return first.driver;
}

/** Nothing from this byte of a bundle on can be read. */
function breakAt(driver: StorageDriver, at: number): { reads: number[]; mend: () => void } {
  const reads: number[] = [];
  const read = driver.read.bind(driver);
  const spy = vi.spyOn(driver, 'read').mockImplementation(async (key, range = { offset: 0 }, signal) => {
    const whole = await read(key, range, signal);
    if (!key.endsWith('.tar.zst')) return whole;
    reads.push(range.offset);
    const good = (await buffer(whole)).subarray(0, Math.max(0, at - range.offset));
    async function* some(): AsyncGenerator<Buffer> {
      if (good.length > 0) yield await Promise.resolve(good);
      throw new AppError({ code: 'TEST_DISK_BROKEN', kind: 'damaged', message: 'The disk is broken.', retry: 'never' });
    }
    return Readable.from(some(), { objectMode: false });
  });
  return { reads, mend: () => spy.mockRestore() };
}

it('a storage of the master that fails under a restore is told as such at once, not waited for as a master that is away', async () => {
  const site = await GatedSite.make(test, 'broken', { nodeId: agent.id });
  const { backupId } = await site.backUp();
  const broken = breakAt(await masterStorage(), 10);
  try {
    const job = await test.admin.restore(backupId ?? '');
    expect(job).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(job.error)).toContain('TEST_DISK_BROKEN');
    expect(JSON.stringify(job.error)).not.toContain('MASTER_UNREACHABLE');
    expect(broken.reads).toContain(10);
  } finally {
    broken.mend();
  }
  expect(await test.admin.restore(backupId ?? '')).toMatchObject({ status: 'completed' });
});
