import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';

/** Proves that a storage does what backups need: writes a small object, reads it back, lists and deletes it. Leaves nothing behind. */
export async function probeStorage(driver: StorageDriver): Promise<void> {
  const key = `probe/${randomBytes(8).toString('hex')}.txt`;
  const content = randomBytes(1024);
  try {
    const stored = await driver.put(key, { bytes: content });
    if (stored.size !== content.length) throw probeFailed(`stored ${stored.size} of ${content.length} bytes`);
    if (!content.equals(await buffer(await driver.read(key))))
      throw probeFailed('gave back other bytes than it was given');
    if (!(await isListed(driver, key))) throw probeFailed('does not list what it stored');
  } catch (error) {
    // What went wrong first is what matters.
    await driver.delete(key).catch(() => undefined);
    throw error;
  }
  await driver.delete(key);
  if ((await driver.stat(key)) !== null) throw probeFailed('still has an object that was deleted');
}

async function isListed(driver: StorageDriver, key: string): Promise<boolean> {
  for await (const object of driver.list(key)) if (object.key === key) return true;
  return false;
}

function probeFailed(what: string): AppError {
  return new AppError({
    code: 'STORAGE_PROBE_FAILED',
    kind: 'storage',
    message: `The storage ${what}.`,
    hint: 'Do not use this storage before the cause is found.',
  });
}
