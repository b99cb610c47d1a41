import { Client } from 'pg';
import { expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { JobKind, NodeReconcile, NodeRuns } from '../../../src/modules/jobs/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { content, type Run, useNodes } from './support.js';

const nodes = useNodes();
const { test } = nodes;
const url = (): string => String(test.config.databaseUrl);
const note = (seq: number): object => ({
  seq,
  ageMs: 0,
  events: [{ type: 'job.note', data: { stage: null, message: `report ${seq}`, context: {} } }],
});
const notes = (run: Run): Promise<unknown[]> =>
  runSql(url(), `select id from job_event where job_id = '${run.job.id}' and type = 'job.note'`);

/** Does it while the job's row is locked; `change` is done in the transaction that holds the lock. */
async function locked<T>(run: Run, waiting: number, work: () => Promise<T>[], change = 'select 1'): Promise<T[]> {
  const client = new Client({ connectionString: url() });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select 1 from job where id = $1 for update', [run.job.id]);
    const all = Promise.all(work());
    await until('them to wait', async () => {
      const sql = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      return (await runSql(url(), sql)).length >= waiting;
    });
    await client.query(change);
    await client.query('commit');
    return await all;
  } finally {
    await client.end();
  }
}

it('two polls of a node that meet get one job once', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'polls'));
  await nodes.change(run, { status: 'pending', runnerId: null });
  const runs = test.app.get(NodeRuns, { strict: false });
  const nodeId = (await nodes.row(run)).nodeId ?? '';
  const got = await locked(run, 2, () => [runs.claim(nodeId), runs.claim(nodeId)]);
  expect(got.filter((order) => order !== null)).toHaveLength(1);
  expect((await nodes.row(run)).attempt).toBe(2);
});

it('the same report twice at the same time is one', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'twice'));
  const got = await locked(run, 2, () => [1, 1].map((seq) => run.call('reports', { reports: [note(seq)] })));
  expect(got.map(({ status, body }) => [status, body])).toEqual([
    [200, { next: 2 }],
    [200, { next: 2 }],
  ]);
  expect(await notes(run)).toHaveLength(1);
});

it('a report of a run that loses its job meanwhile is not taken in', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'fence'));
  const [got] = await locked(
    run,
    1,
    () => [run.call('reports', { reports: [note(1)] })],
    `update job set delivery_id = '${newId()}' where id = '${run.job.id}'`,
  );
  expect(got?.body).toMatchObject({ code: 'JOB_LOST' });
  expect(await notes(run)).toEqual([]);
});

it('a run that loses its job while the storages are asked enters no backup', async () => {
  const site = await GatedSite.make(test, 'lostcommit');
  const run = await nodes.run(site);
  const local = await nodes.local();
  const [bundle, manifest] = [content(1000), content(100)];
  await run.uploaded(local, bundle, manifest);
  const driver = await nodes.driver(local);
  const stat = driver.stat.bind(driver);
  driver.stat = async (...args) => {
    await nodes.change(run, { deliveryId: newId() });
    return stat(...args);
  };
  try {
    const late = await run.call('commit', run.commitOf([local], bundle, manifest));
    expect(late.body).toMatchObject({ code: 'JOB_LOST' });
    expect(await test.admin.backups(site.id)).toEqual([]);
  } finally {
    driver.stat = stat;
  }
});

it('who looked before the job went to another run does not give that one back', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'old'));
  const runs = test.app.get(NodeRuns, { strict: false });
  await runs.giveBack({ id: run.job.id, deliveryId: newId() }, { why: 'old', isFailure: false });
  expect(await nodes.row(run)).toMatchObject({ status: 'running', deliveryId: run.job.deliveryId });
});

it('a restore of a node that is away stays that node’s', async () => {
  const site = await GatedSite.make(test, 'stays');
  const { backupId } = await site.backUp();
  const run = await nodes.run(site, JobKind.Restore, { backupId: backupId ?? '' });
  await nodes.change(run, { reportSeq: 3 });
  await test.app.get(NodeReconcile, { strict: false }).giveBackAll((await nodes.row(run)).nodeId ?? '', 'away');
  expect(await nodes.row(run)).toMatchObject({ status: 'running', deliveryId: run.job.deliveryId });
});
