import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './test-app.js';

let test: TestApp;
beforeAll(async () => {
  test = await startTestApp();
});
afterAll(() => test.close());

it('everything that is promised to happen by itself is scheduled', () => {
  const jobs = test.app.get(SchedulerRegistry, { strict: false }).getCronJobs();
  const names = ['catalogue backup', 'mirror', 'object-lock', 'proof', 'reconcile', 'repair', 'retention', 'storage'];
  expect([...jobs.keys()].toSorted()).toEqual(names);
  for (const job of jobs.values()) expect(job.isActive).toBe(true);
});
