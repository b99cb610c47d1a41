import { SchedulerRegistry } from '@nestjs/schedule';
import { expect, it } from 'vitest';
import { useTestApp } from './test-app.js';

const test = useTestApp();

it('everything that is promised to happen by itself is scheduled', () => {
  const jobs = test.app.get(SchedulerRegistry, { strict: false }).getCronJobs();
  const names = [
    'audit',
    'alarms',
    'catalogue backup',
    'jobs',
    'mirror',
    'node tasks',
    'node history',
    'nodes',
    'notifications',
    'object-lock',
    'proof',
    'reconcile',
    'repair',
    'retention',
    'schedules',
    'sessions',
    'storage',
  ];
  expect([...jobs.keys()].toSorted()).toEqual(names.toSorted());
  for (const job of jobs.values()) expect(job.isActive).toBe(true);
});
