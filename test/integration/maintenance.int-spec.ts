import {
  existsSync,
  type FSWatcher,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto, SiteDto } from '../../src/cli/api-types.js';
import { requires } from '../../src/engine/testing/index.js';
import { JobTimings } from '../../src/modules/jobs/index.js';
import { JobRecovery } from '../../src/modules/jobs/job-recovery.js';
import { runSql } from '../support/postgres.js';
import { makeScratch, until } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';
import { startTestApp, type TestApp } from './core/test-app.js';

let test: TestApp;
let wordpress: WordPressSite;
let site: SiteDto;
/** A hook of the create_bundle stage waits while this is there. */
let gate: string;
let file: string;
let stopped = false;
/** Not the application's folder: the site outlives it. */
const scratch = makeScratch('maintenance');

beforeAll(async () => {
  test = await startTestApp();
  const root = join(scratch.path, 'www', 'shop');
  mkdirSync(join(scratch.path, 'www'), { mode: 0o755 });
  wordpress = await WordPressSite.install({ root, database: 'sqlite', slim: true, posts: 1 });
  await wordpress.serve();
  site = await test.admin.addSite(root, { settings: { maintenance: 'backup' } });
  file = join(root, '.maintenance');
  gate = join(scratch.path, 'gate');
  await test.admin.post('/hooks', {
    name: 'gate',
    moment: 'before:create_bundle',
    command: [
      'sh',
      '-c',
      `test -e ${gate} && touch ${root}/reached; while test -e ${gate}; do sleep 0.05; done; ! test -e ${gate}.fail`,
    ],
    onFailure: 'fail',
  });
});
afterAll(async () => {
  await wordpress?.stop();
  if (!stopped) await test?.close();
  scratch.remove();
});

/** How often the file came and went. */
function watched(): { changes: string[]; watcher: FSWatcher } {
  const changes: string[] = [];
  const watcher = watch(wordpress.root, (type, name) => {
    if (type === 'rename' && name === '.maintenance') changes.push(existsSync(file) ? 'on' : 'off');
  });
  return { changes, watcher };
}

const status = async (): Promise<number> => (await wordpress.page('/')).status;
const hold = (): void => writeFileSync(gate, '');
const release = (): void => rmSync(gate, { force: true });
const begin = async (): Promise<JobDto> => {
  hold();
  const job = await test.admin.post<JobDto>(`/sites/${site.id}/backups`);
  await until('the job to be held', () => existsSync(join(wordpress.root, 'reached')));
  rmSync(join(wordpress.root, 'reached'));
  return job;
};
afterEach(release);

describe.runIf(requires('root') && requires('php'))('maintenance mode of a real WordPress', () => {
  it('is on while dump and files are read, off afterwards, and no part of the backup', async () => {
    expect(await status()).toBe(200);
    const job = await begin();
    expect(await status()).toBe(503);
    expect(statSync(file).uid).toBe(statSync(wordpress.root).uid);
    release();
    const ended = await test.admin.ended(job.id);
    expect(ended).toMatchObject({ status: 'completed', warningCount: 0 });
    expect(await status()).toBe(200);
    expect(existsSync(file)).toBe(false);
    const listed = await test.admin.get<{ items: { name: string }[] }>(`/backups/${ended.backupId}/files?path=files`);
    const names = listed.items.map(({ name }) => name);
    expect(names).toContain('wp-load.php');
    expect(names).not.toContain('.maintenance');
  });

  it('is off after a cancel, and after a failure', async () => {
    const cancelled = await begin();
    await test.admin.post(`/jobs/${cancelled.id}/cancel`);
    expect(await test.admin.ended(cancelled.id)).toMatchObject({ status: 'cancelled' });
    expect(existsSync(file)).toBe(false);
    const failed = await begin();
    expect(await status()).toBe(503);
    writeFileSync(`${gate}.fail`, '');
    release();
    expect(await test.admin.ended(failed.id)).toMatchObject({ status: 'failed', error: { code: 'HOOK_FAILED' } });
    rmSync(`${gate}.fail`);
    await until('it to be off', () => !existsSync(file));
    expect(await status()).toBe(200);
  });

  it('of its own stays as it is', async () => {
    const own = `<?php $upgrading = ${Math.floor(Date.now() / 1000)};`;
    writeFileSync(file, own);
    expect(await test.admin.backUp(site.id)).toMatchObject({ status: 'completed', warningCount: 0 });
    expect(readFileSync(file, 'utf8')).toBe(own);
    expect(await status()).toBe(503);
    rmSync(file);
    expect(await status()).toBe(200);
  });

  it('lasts as long as the dump when it is set to that', async () => {
    await test.admin.call('PATCH', `/sites/${site.id}`, { settings: { maintenance: 'database' } });
    const { changes, watcher } = watched();
    const job = await begin();
    await until('the dump to be over', async () =>
      (await test.admin.job(job.id)).stages.some((stage) => stage.name === 'backup_db' && stage.status === 'completed'),
    );
    expect(existsSync(file)).toBe(false);
    release();
    await test.admin.ended(job.id);
    watcher.close();
    expect(changes).toHaveLength(2);
    await test.admin.call('PATCH', `/sites/${site.id}`, { settings: { maintenance: 'backup' } });
  });

  it('is ended by the next start when backupd was killed', async () => {
    const job = await test.admin.backUp(site.id);
    // As a killed master leaves it: the job running, the work folder with its note, the site in maintenance.
    const work = join(test.config.paths.work, job.id);
    await until('its own work folder to go', () => !existsSync(work));
    mkdirSync(work, { recursive: true });
    writeFileSync(join(work, 'maintenance.json'), JSON.stringify({ folder: wordpress.root }));
    writeFileSync(file, `<?php $upgrading = ${Math.floor(Date.now() / 1000)}; // backupd, job ${job.id}\n`);
    expect(await status()).toBe(503);
    await runSql(
      test.config.databaseUrl ?? '',
      `update job set status = 'running', failures = 9 where id = '${job.id}'`,
    );
    await test.app.get(JobRecovery, { strict: false }).recoverAll();
    expect(existsSync(file)).toBe(false);
    expect(await status()).toBe(200);
  });

  it('is off after a restore, also after one that is taken back', async () => {
    const [backup] = await test.admin.backups(site.id);
    const { changes, watcher } = watched();
    const whole = await test.admin.restore(backup?.id ?? '', { what: 'database' });
    watcher.close();
    expect(whole).toMatchObject({ status: 'completed' });
    expect(changes).toHaveLength(2);
    expect(existsSync(file)).toBe(false);
    await test.admin.post('/hooks', {
      name: 'breaks',
      jobs: ['restore'],
      moment: 'after:activate',
      command: ['false'],
      onFailure: 'fail',
    });
    expect(await test.admin.restore(backup?.id ?? '')).toMatchObject({ status: 'failed' });
    await until('it to be off', () => !existsSync(file));
    expect(await status()).toBe(200);
  });

  it('does no harm when the site vanishes, and is off when backupd stops', async () => {
    const gone = await begin();
    renameSync(wordpress.root, `${wordpress.root}.moved`);
    release();
    expect(await test.admin.ended(gone.id)).toMatchObject({ status: expect.not.stringMatching('cancelled') as string });
    rmSync(wordpress.root, { recursive: true, force: true });
    renameSync(`${wordpress.root}.moved`, wordpress.root);
    rmSync(file, { force: true });
    // Its server looked the folder up that is gone.
    await wordpress.stop();
    await wordpress.serve();
    test.app.get(JobTimings, { strict: false }).graceMs = 0;
    await begin();
    expect(existsSync(file)).toBe(true);
    stopped = true;
    await test.close();
    expect(existsSync(file)).toBe(false);
    expect(await status()).toBe(200);
  });
});
