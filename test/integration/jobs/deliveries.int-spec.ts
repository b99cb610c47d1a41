import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { AppConfig } from '../../../src/config/index.js';
import { DELIVERY_TIMINGS } from '../../../src/modules/jobs/job-queue.js';
import { JobRecovery } from '../../../src/modules/jobs/job-recovery.js';
import { JobWorker } from '../../../src/modules/jobs/job-worker.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import type { TestApp } from '../core/test-app.js';
import { GatedSite, startJobsApp } from './jobs-app.js';

const usual = { ...DELIVERY_TIMINGS };
let first: TestApp;
let second: TestApp | null = null;
const held: { site: GatedSite; id: string }[] = [];

beforeAll(async () => {
  Object.assign(DELIVERY_TIMINGS, { lookEverySeconds: 1, expireSeconds: 3, renewEverySeconds: 1 });
  first = await startJobsApp();
});
afterAll(async () => {
  for (const { site } of held) site.release('backup_files');
  await second?.close();
  await first.close();
  Object.assign(DELIVERY_TIMINGS, usual);
});

const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(first.config.databaseUrl ?? '', text);

/** Another master on the same database. */
async function startSecond(): Promise<TestApp> {
  const dataDir = join(first.folder, 'second');
  mkdirSync(dataDir);
  copyFileSync(first.config.paths.secretKey, AppConfig.of({ dataDir }).paths.secretKey);
  return startJobsApp({ dataDir, databaseUrl: first.config.databaseUrl });
}

/** A master takes two jobs at a time: both places are taken until the end. */
async function fill(master: string): Promise<void> {
  for (const n of [1, 2]) {
    const site = await GatedSite.make(first, `${master}-${n}`);
    site.hold('backup_files');
    const { id } = await site.start();
    await site.reached('backup_files');
    held.push({ site, id });
  }
}

/** A job that waits, and that the queue has lost. */
async function forgotten(name: string): Promise<string> {
  const { id } = await (await GatedSite.make(first, name)).start();
  await sql(`delete from pgboss.job where id = (select delivery_id from job where id = '${id}')`);
  return id;
}

it('jobs that the queue has lost, waiting or left by a master that is gone, are run by another one', async () => {
  await fill('first');
  const waiting = await forgotten('waiting');
  const running = await forgotten('running');
  await sql(
    `update job set status = 'running', attempt = 1, started_at = now(), runner_id = '${newId()}' where id = '${running}'`,
  );
  second = await startSecond();
  expect(await first.admin.ended(waiting)).toMatchObject({ status: 'completed', attempt: 1 });
  expect(await first.admin.ended(running)).toMatchObject({
    status: 'completed',
    attempts: [{ outcome: 'cut-off' }, { outcome: 'completed' }],
  });
});

it('so they are while masters run, and no job is touched that one works on', async () => {
  await fill('second');
  const id = await forgotten('later');
  await second?.app.get(JobRecovery).recoverForgotten(second.app.get(JobWorker).running());
  expect(await sql(`select q.state from job j join pgboss.job q on q.id = j.delivery_id where j.id = '${id}'`)).toEqual(
    [{ state: 'created' }],
  );
  for (const each of held) expect(await first.admin.job(each.id)).toMatchObject({ status: 'running', attempt: 1 });
});

it('a job that takes longer than a delivery lives stays with its master', async () => {
  const ids = held.map(({ id }) => `'${id}'`).join(',');
  const renewed = `select 1 from job j join pgboss.job q on q.id = j.delivery_id
    where j.id in (${ids}) and q.started_on > j.started_at + interval '4 s' and q.state = 'active'`;
  await until('deliveries to live on', async () => (await sql(renewed)).length === held.length);
  for (const { site } of held) site.release('backup_files');
  for (const { id } of held) expect(await first.admin.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
});
