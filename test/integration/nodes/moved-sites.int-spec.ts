import { randomBytes } from 'node:crypto';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { BackupDto, JobDto } from '../../../src/cli/api-types.js';
import type { Answer } from '../../support/api.js';
import { TaskKind } from '../../../src/modules/node-protocol/index.js';
import { NodeTasks } from '../../../src/modules/node-tasks/index.js';
import { until } from '../../support/scratch.js';
import { runSql } from '../../support/postgres.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, PlainFeature, useJobsApp } from '../jobs/jobs-app.js';
import { FakeNode } from './fake-node.js';

const test = useJobsApp();
let node: FakeNode;
let site: GatedSite;
let backup: BackupDto;
beforeAll(async () => {
  node = await FakeNode.add(test, 'web-1', ['plain']);
  site = await GatedSite.make(test, 'shop');
  writeFileSync(join(site.path, 'photo.bin'), randomBytes(2_000_000));
  const { backupId } = await site.backUp();
  backup = await test.admin.get<BackupDto>(`/backups/${String(backupId)}`);
});

const restore = (body: object): Promise<Answer> => test.operator.call('POST', `/backups/${backup.id}/restore`, body);

it('a node says what a restore there would change, and reads only what that is about', async () => {
  await node.start([PlainFeature]);
  try {
    const preview = await restore({ nodeId: node.id, targetPath: '/srv/shop', dryRun: true });
    expect(preview).toMatchObject({ status: 200, body: { targetPath: '/srv/shop', bytesNeeded: 1 } });
    expect(await restore({ nodeId: node.id, targetPath: `${test.folder}/web-1/x`, dryRun: true })).toMatchObject({
      status: 400,
      body: { code: 'TARGET_FORBIDDEN' },
    });
  } finally {
    await node.stop();
  }
  const stop = new AbortController();
  const request = { backupId: backup.id, site: { id: site.id } };
  const asked = test.app.get(NodeTasks).result(node.id, TaskKind.PreviewRestore, request, {
    timeLimitSeconds: 30,
    signal: stop.signal,
  });
  const { id } = await until('the task', () => node.take());
  const [{ providerId } = { providerId: '' }] = backup.copies;
  const read = (key: string, runId = id): Promise<Answer> =>
    node.api.call('POST', `/node/runs/${runId}/read`, { providerId, key });
  expect(await read(backup.bundleKey)).toMatchObject({ status: 200, body: { method: 'GET' } });
  expect(await read(backup.bundleKey.replace(backup.id, site.id))).toMatchObject({
    status: 403,
    body: { code: 'NODE_KEY_FORBIDDEN' },
  });
  expect(await node.api.call('POST', `/node/runs/${id}/begin`, { providerIds: [providerId] })).not.toMatchObject({
    status: 200,
  });
  stop.abort();
  expect(await asked.catch((error: unknown) => error)).toMatchObject({ code: 'JOB_CANCELLED' });
  expect(await read(backup.bundleKey)).toMatchObject({ body: { code: 'JOB_LOST' } });
});

/** A job of a node waits for it: nobody takes it here. */
async function isFor(answer: Answer, nodeId: string): Promise<void> {
  expect(answer).toMatchObject({ status: 202, body: { nodeId, status: 'pending' } });
  await test.operator.post(`/jobs/${String(answer.body['id'])}/cancel`);
}

it('a backup is restored on the host that is asked for', async () => {
  await isFor(await restore({ nodeId: node.id }), node.id);
  await isFor(await restore({ nodeId: node.id, targetPath: site.path }), node.id);
  const cli = await cliAs(test.operator, ['restore', backup.id, '--node', node.id, '--to', 'x', '--yes']);
  expect(cli).toMatchObject({ code: 2, stderr: expect.stringContaining('give the whole path') });
  const run = ['restore', backup.id, '--node', node.id, '--to', '/srv/shop', '--yes', '--no-wait', '--json'];
  const started = JSON.parse((await cliAs(test.operator, run)).stdout) as JobDto;
  expect(started).toMatchObject({ nodeId: node.id, request: { targetPath: '/srv/shop' } });
  await test.operator.post(`/jobs/${started.id}/cancel`);
});

it('a restore on another host does not take the place of another site there', async () => {
  const url = String(test.config.databaseUrl);
  await runSql(url, `update site set node_id = '${node.id}' where id = '${site.id}'`);
  await isFor(await restore({}), node.id);
  const other = await test.admin.addSite(site.path, { module: 'plain', name: 'other' });
  const refused = { status: 409, body: { code: 'RESTORE_TARGET_OTHER_SITE', context: { siteId: other.id } } };
  expect(await restore({ nodeId: 'self' })).toMatchObject(refused);
  expect(await restore({ nodeId: 'self', targetPath: `${site.path}/` })).toMatchObject(refused);
  await test.admin.call('DELETE', `/sites/${other.id}`);
  expect(await restore({ nodeId: 'somewhere' })).toMatchObject({ status: 400 });
  await runSql(url, `update site set node_id = null where id = '${site.id}'`);
});

it('a restore of a site whose node is gone says what to do', async () => {
  const url = String(test.config.databaseUrl);
  await runSql(url, `update site set node_id = '01900000-0000-7000-8000-000000000000' where id = '${site.id}'`);
  expect(await restore({})).toMatchObject({
    status: 404,
    body: { code: 'NODE_NOT_FOUND', hint: expect.stringContaining('--node self') },
  });
  const job = await test.admin.restore(backup.id, { nodeId: 'self', targetPath: join(test.folder, 'www', 'brought') });
  expect(job).toMatchObject({ status: 'completed', nodeId: null });
  await runSql(url, `update site set node_id = null where id = '${site.id}'`);
});

it('a verify is the master’s unless the node is asked for', async () => {
  const verify = (body: object): Promise<Answer> => test.operator.call('POST', `/backups/${backup.id}/verify`, body);
  expect(await verify({ on: 'node' })).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  const url = String(test.config.databaseUrl);
  await runSql(url, `update site set node_id = '${node.id}' where id = '${site.id}'`);
  await isFor(await verify({ on: 'node' }), node.id);
  const here = await verify({});
  expect(here).toMatchObject({ status: 202, body: { nodeId: null } });
  expect(await test.operator.ended(String(here.body['id']))).toMatchObject({ status: 'completed' });
  await runSql(url, `update site set node_id = null where id = '${site.id}'`);
});

it('the first backup after a move stores nothing of what is stored already', async () => {
  const path = join(test.folder, 'www', 'shop-elsewhere');
  cpSync(site.path, path, { recursive: true });
  rmSync(site.path, { recursive: true });
  await test.operator.post(`/sites/${site.id}/move`, { nodeId: null, path });
  const job = await site.backUp();
  expect(job).toMatchObject({ status: 'completed' });
  const second = await test.admin.get<BackupDto>(`/backups/${String(job.backupId)}`);
  expect(second.parentBackupId).toBe(backup.id);
  expect(second.sourceBytes).toBe(backup.sourceBytes);
  expect(backup.storedBytes).toBeGreaterThan(2_000_000);
  expect(second.storedBytes).toBeLessThan(20_000);
});

it('a backup of a removed site goes back to the host that made it, not to what has its path here', async () => {
  const url = String(test.config.databaseUrl);
  await test.admin.call('DELETE', `/sites/${site.id}`);
  cpSync(join(test.folder, 'www', 'shop-elsewhere'), site.path, { recursive: true });
  const other = await test.admin.addSite(site.path, { module: 'plain', name: 'other' });
  await runSql(url, `update job set node_id = '${node.id}' where site_id = '${site.id}' and kind = 'backup'`);
  await isFor(await restore({}), node.id);
  expect(await restore({ nodeId: 'self' })).toMatchObject({
    status: 409,
    body: { code: 'RESTORE_TARGET_OTHER_SITE', context: { siteId: other.id } },
  });
  // Of a rebuilt catalogue nobody knows which host it was.
  await runSql(url, `delete from job where site_id = '${site.id}'`);
  expect(await restore({})).toMatchObject({ status: 409, body: { code: 'RESTORE_TARGET_OTHER_SITE' } });
});
