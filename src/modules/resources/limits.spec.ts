import { expect, it } from 'vitest';
import { AppConfig } from '../../config/index.js';
import { ResourceService } from './resource.service.js';
import { Semaphore } from './semaphore.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const service = (bandwidthMbps: number): ResourceService =>
  new ResourceService(AppConfig.of({ dataDir: '/x', limits: { io: 4, network: 2, cpu: 4, bandwidthMbps } }));

it('the lower of two limits counts; 0 megabits are no limit; without bounds the own ones are back', () => {
  const resources = service(50);
  resources.setLimits({ io: 2, network: 8, cpu: 1, bandwidthMbps: 0 });
  expect([resources.capacity('io'), resources.capacity('network'), resources.capacity('cpu')]).toEqual([2, 2, 1]);
  expect(resources.bandwidth.limitMbps).toBe(50);
  resources.setLimits({ io: 2, network: 8, cpu: 1, bandwidthMbps: 10 });
  expect(resources.bandwidth.limitMbps).toBe(10);
  resources.setLimits(null);
  expect([resources.capacity('io'), resources.capacity('cpu'), resources.bandwidth.limitMbps]).toEqual([4, 4, 50]);
  const unlimited = service(0);
  unlimited.setLimits({ io: 1, network: 1, cpu: 1, bandwidthMbps: 20 });
  expect(unlimited.bandwidth.limitMbps).toBe(20);
  unlimited.setLimits(null);
  expect(unlimited.bandwidth.limitMbps).toBe(0);
});

it('a semaphore that shrinks cuts nobody off and lets in the next when it fits again', async () => {
  const semaphore = new Semaphore(3);
  const held = [await semaphore.acquire(), await semaphore.acquire(), await semaphore.acquire()];
  semaphore.resize(1);
  let entered = false;
  const waiting = semaphore.acquire(3).then((release) => ((entered = true), release));
  expect(semaphore.inUse).toBe(3);
  held[0]?.();
  held[1]?.();
  await settle();
  expect(entered).toBe(false);
  held[2]?.();
  // "All there are" is one now, and that much is given back.
  const release = await waiting;
  expect(semaphore.inUse).toBe(1);
  semaphore.resize(2);
  release();
  expect([semaphore.inUse, semaphore.waiting]).toEqual([0, 0]);
});

it('a semaphore that grows lets in who waits', async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const second = semaphore.acquire();
  semaphore.resize(2);
  (await second)();
  expect(semaphore.inUse).toBe(1);
});

it('what waits behind a slow line does not hold back the next on a fast one', async () => {
  const { bandwidth } = service(1);
  const stop = new AbortController();
  // An hour at 1 Mbit/s, which the next one waits for.
  await bandwidth.take(450_000_000);
  const behind = bandwidth.take(1, stop.signal);
  bandwidth.setLimit(0);
  await bandwidth.take(1_000_000);
  bandwidth.setLimit(100_000);
  await bandwidth.take(1_000_000);
  stop.abort();
  await expect(behind).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
});
