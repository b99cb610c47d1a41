import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StreamedEvent } from '../../support/api.js';
import type { TestApp } from '../core/test-app.js';
import { AppConfig } from '../../../src/config/index.js';
import { GatedSite, startJobsApp } from '../jobs/jobs-app.js';
import { milestones, straight, TestAgent } from './agent.js';
import { MasterSwitch } from './master-switch.js';

let first: TestApp;
let second: TestApp;
let agent: TestAgent;
let way: MasterSwitch;

/** Another master on the same database; the same again after it was closed. */
async function startSecond(): Promise<TestApp> {
  const dataDir = join(first.folder, 'second');
  mkdirSync(dataDir, { recursive: true });
  copyFileSync(first.config.paths.secretKey, AppConfig.of({ dataDir }).paths.secretKey);
  return startJobsApp({ dataDir, databaseUrl: first.config.databaseUrl });
}

beforeAll(async () => {
  first = await startJobsApp();
  second = await startSecond();
  way = await MasterSwitch.start(second.anyone.url);
  agent = await TestAgent.join(first, 'web', way.url);
});
afterAll(async () => {
  await agent.stop();
  way.stop();
  await second.close();
  await first.close();
});

/** Every stage began and ended once, in order, and what the stages told came between. */
function expectOnce(events: readonly StreamedEvent[], stages: readonly { name: string }[]): void {
  const ids = events.map(({ id }) => Number(id));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(milestones(events)).toEqual(straight(stages));
}

it('a run goes on while its master is started again, and all that it told arrives once and in order', async () => {
  const site = await GatedSite.make(first, 'restart', { nodeId: agent.id });
  site.hold('backup_db');
  site.hold('before_upload');
  const { id } = await site.start();
  await site.reached('backup_db');
  way.cut();
  await second.close();
  // Two stages meanwhile.
  site.release('backup_db');
  await site.reached('before_upload');
  expect(await first.admin.job(id)).toMatchObject({ status: 'running', attempt: 1 });
  second = await startSecond();
  way.to(second.anyone.url);
  site.release('before_upload');
  const job = await first.admin.ended(id);
  expect(job).toMatchObject({ status: 'completed', attempt: 1, error: null, warningCount: 0 });
  expectOnce(await first.admin.follow(id), job.stages);
});

it('any master may answer any request of a node; an upload that lands elsewhere begins anew', async () => {
  let count = 0;
  let parts = 0;
  const urls = [first.anyone.url, second.anyone.url] as const;
  const upload = /\/(uploads(\/complete)?|parts)(\?|$)/;
  way.route = (path) => {
    if (!upload.test(path)) return urls[count++ % 2] ?? null;
    // What goes through a master stays with one. Begun at the first, it is the other one's from the first part on.
    if (/\/parts\?/.test(path)) parts += 1;
    return parts === 0 ? urls[0] : urls[1];
  };
  const site = await GatedSite.make(first, 'two', { nodeId: agent.id });
  const from = way.paths.length;
  const job = await site.backUp();
  expect(job).toMatchObject({ status: 'completed', attempt: 1, error: null, warningCount: 0 });
  expectOnce(await second.admin.follow(job.id), job.stages);
  expect(await first.admin.backups(site.id)).toHaveLength(1);
  const begun = way.paths.slice(from).filter((path) => path.endsWith('/uploads'));
  // Bundle, manifest and site.json; the first of them twice.
  expect(begun).toHaveLength(4);
  // Cancelled at one master while the node asks the other.
  site.hold('create_bundle');
  const { id } = await site.start();
  await site.reached('create_bundle');
  way.to(second.anyone.url);
  await first.operator.call('POST', `/jobs/${id}/cancel`);
  expect(await second.admin.ended(id)).toMatchObject({ status: 'cancelled' });
});
