import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FileSource, StorageDriver, StreamSource } from '../../../src/engine/ports/index.js';
import { BandwidthBudget } from '../../../src/modules/resources/index.js';
import { sharedCeph, type CephServer } from '../../support/ceph.js';
import { CuttingProxy, type CuttingProxyOptions } from '../../support/cutting-proxy.js';
import { makeScratch, until } from '../../support/scratch.js';
import { driverFor, MIB, settingsFor, writeRandomFile } from './s3-storage.js';

const LARGE = 300 * MIB;
/** Sends again soon, as the proxy cuts often. */
const retry = { attempts: 12, baseMs: 20, capMs: 500 };

let ceph: CephServer;
let bucket: string;
let large: FileSource;
const scratch = makeScratch('s3');
const proxies: CuttingProxy[] = [];

beforeAll(async () => {
  ceph = await sharedCeph();
  bucket = await ceph.createBucket();
  large = writeRandomFile(join(scratch.path, 'large'), LARGE);
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()));
});
afterAll(() => scratch.remove());

const proxy = async (options: Omit<CuttingProxyOptions, 'port'> = {}): Promise<CuttingProxy> => {
  const started = await CuttingProxy.start({ port: ceph.port, ...options });
  proxies.push(started);
  return started;
};

async function sha256Of(body: Readable): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function uploadsOf(settings: Record<string, unknown>): Promise<number> {
  const answer = await ceph.client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: String(settings['prefix']) }),
  );
  return answer.Uploads?.length ?? 0;
}

it('300 MB arrive whole and come back whole through connections that are cut at random', async () => {
  const cutting = await proxy({ cutAfterBytes: 20 * MIB, seed: 5 });
  const settings = settingsFor(ceph, bucket, { endpoint: cutting.endpoint });
  const driver = driverFor(settings, { retry });
  const seen: number[] = [];
  await driver.put('bundle', large, { onProgress: (bytes) => seen.push(bytes) });
  expect(cutting.cuts).toBeGreaterThan(10);
  expect(cutting.bytesUp).toBeGreaterThan(LARGE);
  expect(cutting.bytesUp).toBeLessThan(1.5 * LARGE);
  expect(seen.at(-1)).toBe(LARGE);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  console.info(`sent ${(cutting.bytesUp / LARGE).toFixed(3)} × the size, ${cutting.cuts} cuts`);

  const before = cutting.bytesDown;
  expect(await sha256Of(await driver.read('bundle'))).toBe(large.sha256);
  // Each break goes on where it was: what comes twice is only what was on the line.
  expect(cutting.bytesDown - before).toBeLessThan(1.5 * LARGE);
  expect(await uploadsOf(settings)).toBe(0);
  await driver.delete('bundle');
}, 120_000);

/** A put in a process of its own. */
function runPut(what: object): SpawnSyncReturns<string> {
  const script = join(import.meta.dirname, 'put-child.ts');
  return spawnSync(process.execPath, ['--import', 'tsx', script, JSON.stringify(what)], { encoding: 'utf8' });
}

it('a put killed half-way goes on with the parts that are there', async () => {
  const counting = await proxy();
  const settings = settingsFor(ceph, bucket, { endpoint: counting.endpoint });
  const child = runPut({
    settings: { ...settings, endpoint: ceph.endpoint },
    key: 'bundle',
    source: large,
    killAt: LARGE / 2,
  });
  expect(child.signal, child.stderr).toBe('SIGKILL');
  const driver = driverFor(settings);
  expect(await driver.stat('bundle')).toBeNull();
  expect(await uploadsOf(settings)).toBe(1);
  const sent = counting.bytesUp;
  await driver.put('bundle', large);
  const rest = counting.bytesUp - sent;
  console.info(`the second attempt sent ${(rest / LARGE).toFixed(3)} × the size`);
  expect(rest).toBeGreaterThan(0.4 * LARGE);
  expect(rest).toBeLessThan(0.6 * LARGE);
  expect(await sha256Of(await driver.read('bundle'))).toBe(large.sha256);
  expect(await uploadsOf(settings)).toBe(0);
  await driver.delete('bundle');
}, 120_000);

/** Puts through a proxy that goes down half-way: the upload is left unfinished. */
async function leaveUnfinished(
  settings: Record<string, unknown>,
  source: FileSource,
  down: CuttingProxy,
): Promise<void> {
  const driver = driverFor(
    { ...settings, endpoint: down.endpoint, concurrency: 1 },
    { retry: { attempts: 2, baseMs: 5, capMs: 5 } },
  );
  await expect(
    driver.put('bundle', source, {
      onProgress: (bytes) => {
        if (bytes < source.size / 2) return;
        down.isDown = true;
        down.cutAll();
      },
    }),
  ).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE', retry: 'later' });
}

it('parts that an earlier attempt stored are only used when they are these bytes', async () => {
  const settings = settingsFor(ceph, bucket);
  const [first, second] = [1, 2].map((seed) => writeRandomFile(join(scratch.path, `other${seed}`), 23 * MIB, seed));
  if (first === undefined || second === undefined) throw new Error('two files');
  await leaveUnfinished(settings, first, await proxy());
  expect(await uploadsOf(settings)).toBe(1);
  // The same key and size, other content; then another size of parts: nothing fits, all is sent.
  const driver = driverFor(settings);
  await driver.put('bundle', second);
  expect(await sha256Of(await driver.read('bundle'))).toBe(second.sha256);
  await leaveUnfinished({ ...settings }, first, await proxy());
  const otherParts = driverFor({ ...settings, partSizeMiB: 6 });
  await otherParts.put('bundle', first);
  expect(await sha256Of(await driver.read('bundle'))).toBe(first.sha256);
  expect(await uploadsOf(settings)).toBe(0);
});

it('streamed parts are resumed too', async () => {
  const settings = settingsFor(ceph, bucket, { partSizeMiB: 17 });
  const source = writeRandomFile(join(scratch.path, 'streamed'), 60 * MIB, 3);
  await leaveUnfinished(settings, source, await proxy());
  const counting = await proxy();
  const driver = driverFor({ ...settings, endpoint: counting.endpoint });
  await driver.put('bundle', source);
  expect(counting.bytesUp).toBeLessThan(0.8 * source.size);
  expect(await sha256Of(await driver.read('bundle'))).toBe(source.sha256);
});

it('unfinished uploads are never listed, and removed when they are abandoned', async () => {
  const settings = settingsFor(ceph, bucket);
  const source = writeRandomFile(join(scratch.path, 'abandoned'), 23 * MIB, 4);
  await leaveUnfinished(settings, source, await proxy());
  const driver = driverFor(settings);
  const listed: string[] = [];
  for await (const { key } of driver.list('')) listed.push(key);
  expect(listed).toEqual([]);
  expect(await driver.removeAbandoned(3_600_000)).toBe(0);
  expect(await driver.removeAbandoned(0)).toBe(1);
  expect(await uploadsOf(settings)).toBe(0);
});

it('a cancelled put ends its upload; one that runs is not taken for abandoned', async () => {
  const settings = settingsFor(ceph, bucket);
  const source = writeRandomFile(join(scratch.path, 'cancelled'), 23 * MIB, 4);
  const driver = driverFor(settings);
  const controller = new AbortController();
  let removed = -1;
  const cleanThenCancel = async (): Promise<void> => {
    removed = await driver.removeAbandoned(0);
    controller.abort();
  };
  const put = driver.put('bundle', source, {
    signal: controller.signal,
    onProgress: (bytes) => {
      if (bytes < 8 * MIB || removed >= 0) return;
      removed = 0;
      void cleanThenCancel();
    },
    limiter: new BandwidthBudget(100),
  });
  await expect(put).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  expect(removed).toBe(0);
  expect(await uploadsOf(settings)).toBe(0);
  expect(await driver.stat('bundle')).toBeNull();
});

it('two puts at the same time share the budget, within 5 % of the limit', async () => {
  const megabits = 80;
  const budget = new BandwidthBudget(megabits);
  const counting = await proxy();
  const driver = driverFor(settingsFor(ceph, bucket, { endpoint: counting.endpoint }));
  const controller = new AbortController();
  const puts = ['one', 'two'].map((key) => driver.put(key, large, { limiter: budget, signal: controller.signal }));
  const settled = Promise.allSettled(puts);
  const more = (bytes: number): Promise<boolean> => {
    const enough = counting.bytesUp + bytes;
    return until(`${bytes} more bytes`, () => counting.bytesUp >= enough, { timeoutMs: 30_000 });
  };
  // What may go out at once at the start is not measured.
  await more(15_000_000);
  const [bytes, at] = [counting.bytesUp, performance.now()];
  await more(60_000_000);
  const rate = ((counting.bytesUp - bytes) * 8) / 1000 / (performance.now() - at);
  controller.abort();
  await settled;
  console.info(`${rate.toFixed(1)} of ${megabits} Mbit/s`);
  expect(rate).toBeGreaterThan(0.95 * megabits);
  expect(rate).toBeLessThan(1.05 * megabits);
}, 60_000);

it('an object goes from one provider to another with no file in between', async () => {
  const from: StorageDriver = driverFor(settingsFor(ceph, bucket));
  await from.put('bundle', large);
  const source: StreamSource = {
    size: large.size,
    sha256: large.sha256,
    open: (range, signal) => from.read('bundle', range, signal),
  };
  const to = driverFor(settingsFor(ceph, await ceph.createBucket(), { partSizeMiB: 16, concurrency: 4 }));
  await to.put('copy', source);
  expect(await sha256Of(await to.read('copy'))).toBe(large.sha256);
  await Promise.all([from.delete('bundle'), to.delete('copy')]);
}, 120_000);

it('a put of 300 MB takes no more memory than its parts', async () => {
  const settings = settingsFor(ceph, bucket, { partSizeMiB: 16, concurrency: 4 });
  const small = writeRandomFile(join(scratch.path, 'small'), MIB);
  const most = [small, large].map((source) => {
    const child = runPut({ settings, key: 'bundle', source, killAt: Number.MAX_SAFE_INTEGER });
    expect(child.status, child.stderr).toBe(0);
    return Number(child.stdout) / 1024;
  });
  console.info(`most memory: ${most.map((mebibytes) => mebibytes.toFixed(0)).join(' and ')} MiB for 1 and 300 MiB`);
  expect((most[1] ?? 0) - (most[0] ?? 0)).toBeLessThan(4 * 16 + 64);
  await driverFor(settings).delete('bundle');
}, 60_000);
