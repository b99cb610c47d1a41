import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { AppError, asAppError } from '../../common/errors/index.js';
import { canInitialise, hasProbeSteps, type StorageDriver } from '../../engine/ports/index.js';

/** One thing that was tried. */
export interface ProbedStep {
  name: string;
  /** Skipped: what it needs had failed. */
  status: 'ok' | 'failed' | 'skipped';
  durationMs: number;
  error: AppError | null;
}

/** What a storage can do and what not. */
export interface StorageProbe {
  ok: boolean;
  durationMs: number;
  steps: ProbedStep[];
}

const CONTENT_BYTES = 1024;
const RANGE = { offset: 100, length: 200 };

/**
 * Tries what backups need of a storage, with a small object: write, read, read a range, list, what this kind of driver needs
 * besides (uploads in parts, locks), delete. Never throws; leaves nothing behind, unless the storage refuses to delete.
 */
export async function probeStorage(driver: StorageDriver): Promise<StorageProbe> {
  const key = `probe/${randomBytes(8).toString('hex')}.txt`;
  const content = randomBytes(CONTENT_BYTES);
  const started = performance.now();
  const steps: ProbedStep[] = [];
  const attempt = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    const begun = performance.now();
    const error = await work().then(
      () => null,
      (thrown: unknown) => asAppError(thrown),
    );
    const durationMs = Math.round(performance.now() - begun);
    steps.push({ name, status: error === null ? 'ok' : 'failed', durationMs, error });
    return error === null;
  };
  const tries: [string, () => Promise<void>][] = [
    ['read', () => readBack(driver, key, content)],
    ['range', () => readRange(driver, key, content)],
    ['list', () => findListed(driver, key)],
    ...(hasProbeSteps(driver) ? driver.probeSteps : []).map((step): [string, () => Promise<void>] => [
      step.name,
      () => step.run(key),
    ]),
    ['delete', () => deleteAgain(driver, key)],
  ];
  const isThere = await attempt('write', () => write(driver, key, content));
  for (const [name, work] of tries) {
    if (isThere) await attempt(name, work);
    else steps.push({ name, status: 'skipped', durationMs: 0, error: null });
  }
  return {
    ok: steps.every(({ status }) => status === 'ok'),
    durationMs: Math.round(performance.now() - started),
    steps,
  };
}

/** The same where nothing is prepared yet; leaves the place as it was. */
export async function tryOut(driver: StorageDriver): Promise<StorageProbe> {
  if (!canInitialise(driver)) return probeStorage(driver);
  const trial = await driver.trial();
  try {
    return await probeStorage(trial.driver);
  } finally {
    await trial.end();
  }
}

/** Throws what failed first. */
export function requireWorking({ steps }: StorageProbe): void {
  const failed = steps.find(({ error }) => error !== null);
  if (failed?.error) throw failed.error;
}

async function write(driver: StorageDriver, key: string, content: Buffer): Promise<void> {
  const stored = await driver.put(key, { bytes: content }, { unlocked: true });
  if (stored.size === content.length) return;
  await driver.delete(key).catch(() => undefined);
  throw probeFailed(`stored ${stored.size} of ${content.length} bytes`);
}

async function readBack(driver: StorageDriver, key: string, content: Buffer): Promise<void> {
  if (!content.equals(await buffer(await driver.read(key))))
    throw probeFailed('gave back other bytes than it was given');
}

async function readRange(driver: StorageDriver, key: string, content: Buffer): Promise<void> {
  const expected = content.subarray(RANGE.offset, RANGE.offset + RANGE.length);
  if (!expected.equals(await buffer(await driver.read(key, RANGE))))
    throw probeFailed('gave other bytes than the range that was asked for');
}

async function findListed(driver: StorageDriver, key: string): Promise<void> {
  for await (const object of driver.list(key)) if (object.key === key) return;
  throw probeFailed('does not list what it stored');
}

async function deleteAgain(driver: StorageDriver, key: string): Promise<void> {
  try {
    await driver.delete(key);
  } catch (error) {
    // The bucket locks everything by itself: then deletes wait, as they are meant to.
    if (error instanceof AppError && error.code === 'STORAGE_RETAINED') return;
    throw error;
  }
  if ((await driver.stat(key)) !== null) throw probeFailed('still has an object that was deleted');
}

function probeFailed(what: string): AppError {
  return new AppError({
    code: 'STORAGE_PROBE_FAILED',
    kind: 'storage',
    message: `The storage ${what}.`,
    hint: 'Do not use this storage before the cause is found.',
  });
}
