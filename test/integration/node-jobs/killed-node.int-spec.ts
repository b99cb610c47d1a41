import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeFlags } from '../../../scripts/lib/node-flags.mjs';
import type { JobDto } from '../../../src/cli/api-types.js';
import { endWithTest, stopChild, until } from '../../support/scratch.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { TestNode } from '../nodes/support.js';
import { milestones } from './agent.js';
import { MasterSwitch } from './master-switch.js';

const test = useJobsApp();
const HOUR = 3_600_000;
let node: TestNode;
let way: MasterSwitch;
let child: ChildProcess;
let log = '';
beforeAll(async () => {
  way = await MasterSwitch.start(test.anyone.url);
  node = await TestNode.join(test, 'web');
});
afterAll(async () => {
  await stopChild(child, 'SIGKILL');
  way.stop();
});

/** The node's process, on the same data dir each time. */
async function start(wrongBy = 0): Promise<void> {
  const settings = {
    mode: 'node',
    dataDir: join(test.folder, 'node-web'),
    masterUrl: way.url,
    apiKey: node.key,
    logFormat: 'json',
  };
  const script = join(import.meta.dirname, 'child-node.mjs');
  const argv = [...nodeFlags, script, JSON.stringify(settings), String(wrongBy)];
  child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithTest(child);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  const began = way.paths.length;
  await until(
    'a heartbeat',
    () => {
      if (child.exitCode !== null) throw new Error(log);
      return way.paths.slice(began).includes('/node/heartbeat');
    },
    { timeoutMs: 60_000 },
  );
}

it('a backup of a node that is killed goes on from its checkpoints at its next start, whatever the clocks say', async () => {
  await start(5 * HOUR);
  await until('the node to be online', async () => {
    const { items } = await test.admin.get<{ items: { health: string }[] }>('/nodes');
    return items[0]?.health === 'online';
  });
  const site = await GatedSite.make(test, 'killed', { nodeId: node.id });
  const began = Date.now();
  site.hold('backup_db');
  site.hold('create_bundle');
  const { id } = await site.start();
  await site.reached('backup_db');
  way.cut();
  // What it tells from here on stays on its disk.
  site.release('backup_db');
  await site.reached('create_bundle');
  await stopChild(child, 'SIGKILL');
  expect(await test.admin.job(id)).toMatchObject({ status: 'running', attempt: 1 });
  site.release('create_bundle');
  way.to(test.anyone.url);
  await start(-7 * HOUR);
  const job = await test.admin.ended(id);
  expect(job).toMatchObject({ status: 'completed', attempt: 2, error: null });
  const events = await test.admin.follow(id);
  const names = milestones(events);
  // The first run's reports are all there, before the second began.
  expect(names.slice(0, 7)).toEqual([
    'job.started',
    'stage.started backup_db',
    'stage.completed backup_db',
    'stage.started backup_files',
    'stage.completed backup_files',
    'stage.started create_bundle',
    'job.started',
  ]);
  expect(names.filter((name) => name === 'stage.started backup_files')).toHaveLength(1);
  expect(names.filter((name) => name === 'stage.completed create_bundle')).toHaveLength(1);
  const times = events.map(({ data }) => Date.parse(String(data['at'])));
  for (const time of times) expect(time).toBeGreaterThanOrEqual(began - 1000);
  for (const time of times) expect(time).toBeLessThanOrEqual(Date.now() + 1000);
  const [backup] = await test.admin.backups(site.id);
  for (const time of [job.startedAt, job.finishedAt, backup?.createdAt])
    expect(Math.abs(Date.parse(String(time)) - began)).toBeLessThan(60_000);
  expect(log).not.toContain(node.key);
});

it('a restore that was cut off by a kill is taken back by the node at its next start', async () => {
  const site = await GatedSite.make(test, 'restored', { nodeId: node.id });
  const { backupId } = await site.backUp();
  writeFileSync(join(site.path, 'index.html'), 'newer');
  site.hold('apply');
  const { id } = await test.admin.post<JobDto>(`/backups/${backupId ?? ''}/restore`);
  await site.reached('apply');
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).not.toBe('newer');
  await stopChild(child, 'SIGKILL');
  await start();
  expect(await test.admin.ended(id)).toMatchObject({ status: 'failed', error: { code: 'RESTORE_INTERRUPTED' } });
  expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe('newer');
  site.release('apply');
  expect(await site.backUp()).toMatchObject({ status: 'completed' });
});
