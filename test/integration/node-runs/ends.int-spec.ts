import { expect, it } from 'vitest';
import { JobKind } from '../../../src/modules/jobs/index.js';
import { JobSweeper } from '../../../src/modules/jobs/job-sweeper.js';
import { ReportIntake } from '../../../src/modules/node-work/report-intake.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { type Run, useNodes } from './support.js';

const nodes = useNodes();
const { test } = nodes;

const made = { outcome: 'completed', stage: null, error: null, result: {}, keptBytes: null, cutOff: false };

async function eventsOf(run: Run): Promise<number> {
  const sql = `select count(*)::int as n from job_event where job_id = '${run.job.id}' and type <> 'job.created'`;
  return Number((await runSql(String(test.config.databaseUrl), sql))[0]?.['n']);
}

it('a backup that is said to be made, and is in no catalogue, has failed', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'said'));
  expect(await run.post('reports', { reports: [{ seq: 1, ageMs: 0, end: made }] })).toEqual({ next: 2 });
  expect(await nodes.row(run)).toMatchObject({ status: 'failed', error: { code: 'REPORT_REFUSED' } });
});

it('texts that the database can not hold, and numbers beyond it, hold up nothing', async () => {
  const run = await nodes.run(await GatedSite.make(test, 'texts'));
  const data = { stage: null, message: 'a\0b', 'na\0me': ['\uD800'] };
  const first = { seq: 1, ageMs: 0, events: [{ type: 'job.note', data }] };
  expect(await run.call('reports', { reports: [first] })).toMatchObject({ status: 200, body: { next: 2 } });
  const facts = { warningCount: 1e12 };
  expect(await run.call('reports', { reports: [{ seq: 2, ageMs: 0, facts }] })).toMatchObject({ status: 400 });
  const error = { code: 'X\0', kind: 'source', message: '\0', retry: 'never', context: { '\0': '\0' } };
  const end = { ...made, outcome: 'failed', stage: 'upload_remote', error };
  expect(await run.call('reports', { reports: [{ seq: 2, ageMs: 0, end }] })).toMatchObject({ status: 200 });
  expect(await nodes.row(run)).toMatchObject({ status: 'failed', error: { message: '\uFFFD' } });
});

it('a node that tells without end does not fill the log: its facts count, its events do not', async () => {
  const { others } = test.app.get(ReportIntake, { strict: false });
  const run = await nodes.run(await GatedSite.make(test, 'flood'), JobKind.Backup, { node: 'b' });
  others.points = 15;
  const events = Array.from({ length: 10 }, () => ({ type: 'job.note', data: { stage: null, message: 'x' } }));
  const reports = [1, 2, 3].map((seq) => ({ seq, ageMs: 0, events, facts: { warningCount: seq } }));
  expect(await run.post('reports', { reports })).toEqual({ next: 4 });
  expect(await eventsOf(run)).toBe(10);
  expect(await nodes.row(run)).toMatchObject({ warningCount: 3, reportSeq: 3 });
});

it('a restore that never reached its node and is cancelled leaves nothing that only the node could clear', async () => {
  const site = await GatedSite.make(test, 'given');
  const run = await nodes.run(site, JobKind.Restore);
  await nodes.change(run, { status: 'pending' });
  await test.operator.post(`/jobs/${run.job.id}/cancel`);
  expect(await nodes.row(run)).toMatchObject({ status: 'cancelled', litter: false });
  // The same where the node's poll finds it cancelled.
  const other = await nodes.run(site, JobKind.Restore);
  await nodes.change(other, { status: 'pending', cancelRequestedAt: new Date() });
  expect(await nodes.api('a').call('POST', '/node/work', { jobs: 1, tasks: 0, waitSeconds: 0 })).toMatchObject({
    status: 204,
  });
  expect(await nodes.row(other)).toMatchObject({ status: 'cancelled', litter: false });
});

it('what a failed backup keeps on its node goes with the next backup of the site, or when its time is over', async () => {
  const site = await GatedSite.make(test, 'keeps');
  const failed = await nodes.run(site);
  const kept = { status: 'failed', finishedAt: new Date(), keptUntil: new Date(Date.now() + 3_600_000) } as const;
  await nodes.change(failed, kept);
  const next = await nodes.run(site);
  await nodes.change(next, { status: 'pending' });
  expect(await nodes.api('a').call('POST', '/node/work', { jobs: 1, tasks: 0, waitSeconds: 0 })).toMatchObject({
    body: { type: 'job', job: { jobId: next.job.id } },
  });
  await until('it to be clean', async () => !(await nodes.row(failed)).litter);
  expect(await nodes.row(failed)).toMatchObject({ keptUntil: null });
  await nodes.change(next, { ...kept, keptUntil: new Date(Date.now() - 1000) });
  await test.app.get(JobSweeper, { strict: false }).sweepAll();
  expect(await nodes.row(next)).toMatchObject({ keptUntil: null, litter: false });
});
