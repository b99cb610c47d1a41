import { expect, it } from 'vitest';
import type { BackupDto, ProofDto } from '../../../src/cli/api-types.js';
import { cliAs } from '../core/cli.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { bundleKey, siteWith, Stored } from './reconcile-support.js';

const test = useJobsApp();
const stored = Stored.use(test);

const backupd = (...args: string[]): ReturnType<typeof cliAs> => cliAs(test.admin, args);

it('backupd reconcile shows the differences, and does what it is told', async () => {
  const { backups } = await siteWith(test, 'cli', 2);
  const [first] = backups as [BackupDto];
  expect(await backupd('reconcile', 'local')).toMatchObject({ code: 0, stdout: expect.stringMatching(/agree/) });
  const content = stored.take(bundleKey(first));
  const dry = await backupd('reconcile', stored.providerId.slice(0, 18));
  expect(dry.code).toBe(3);
  expect(dry.stdout).toMatch(new RegExp(`missing +${bundleKey(first)} .*–`));
  expect(dry.stdout).toMatch(/local: 4 objects \(.*\), 4 known, 1 missing, 0 size, 0 orphan, 0 foreign/);
  expect(await stored.state(bundleKey(first))).toBe('present');
  expect((await backupd('reconcile', 'local', '--mark')).stdout).toMatch(/1 marked/);
  expect(await stored.state(bundleKey(first))).toBe('missing');
  stored.write(bundleKey(first), content);
  expect(await backupd('reconcile', 'local', '--mark', '--adopt', '--delete', '--grace', '0')).toMatchObject({
    code: 0,
  });
  expect(await stored.state(bundleKey(first))).toBe('present');
  expect(await backupd('reconcile', 'nowhere')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/There is no storage "nowhere"/),
  });
});

it('backupd proof shows, runs and sets', async () => {
  const run = await backupd('proof', 'run', '--minutes', '1');
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout).toMatch(/local: 4 objects read \(.*\), 0 damaged, 0 missing, 0 unreadable/);
  expect(run.stdout).toMatch(/local +4 .* 100 % +0 +0 +0 +yes/);
  const set = await backupd('proof', 'set', '--every-days', '7', '--megabytes', '5', '--json');
  expect(JSON.parse(set.stdout) as ProofDto).toMatchObject({
    everyDays: 7,
    budgetBytes: 5_000_000,
    budgetMinutes: null,
  });
  expect((await backupd('proof')).stdout).toMatch(/every 7 days, at most 5 MB a day/);
  expect((await backupd('proof', 'edit', '--no-budget')).stdout).toMatch(/every 7 days\./);
});
