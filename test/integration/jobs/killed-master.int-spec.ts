import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { AppConfig } from '../../../src/config/index.js';
import { TestApi } from '../../support/api.js';
import { spawnChildMaster } from '../../support/built-child.js';
import { cloneDatabase } from '../../support/database.js';
import { runSql } from '../../support/postgres.js';
import { endWithTest, makeScratch, stopChild, until } from '../../support/scratch.js';
import { GatedSite, storedNames, workFolders } from './jobs-app.js';

const STAGES = ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup'];

/** A master process that can be killed and started again on the same data. */
class Killable {
  admin!: TestApi;
  readonly config: AppConfig;
  private child!: ChildProcess;
  private log = '';

  constructor(
    readonly folder: string,
    private readonly databaseUrl: string,
  ) {
    this.config = AppConfig.of({ dataDir: join(folder, 'data'), databaseUrl });
  }

  async start(): Promise<void> {
    const patience = { ...this.config.patience, stopGraceSeconds: 0 };
    const settings = { dataDir: this.config.dataDir, databaseUrl: this.databaseUrl, logFormat: 'json', patience };
    this.child = spawnChildMaster(JSON.stringify(settings));
    endWithTest(this.child);
    const keep = (chunk: Buffer): void => {
      this.log = (this.log + chunk.toString()).slice(-20_000);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    const url = await until(
      'the master to start',
      async () => {
        if (this.child.exitCode !== null) throw new Error(this.log);
        const info = JSON.parse(await readFile(this.config.paths.runInfo, 'utf8')) as { pid: number; url: string };
        return info.pid === this.child.pid ? info.url : null;
      },
      { timeoutMs: 60_000 },
    );
    this.admin = new TestApi(url, readFileSync(this.config.paths.adminToken, 'utf8').trim());
  }

  async killAndStart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async kill(): Promise<void> {
    await stopChild(this.child, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await stopChild(this.child, 'SIGTERM', 30_000);
  }
}

describe('a master that is killed', () => {
  const scratch = makeScratch('killed');
  let database: { url: string; drop: () => Promise<void> };
  let master: Killable;
  let site: GatedSite;
  let number = 0;

  beforeAll(async () => {
    database = await cloneDatabase();
    master = new Killable(scratch.path, database.url);
    await master.start();
  });
  afterAll(async () => {
    await master?.kill();
    await database?.drop();
    scratch.remove();
  });
  beforeEach(async () => {
    number += 1;
    site = await GatedSite.make(master as never, `site-${number}`);
  });
  afterEach(async () => {
    await noLitter();
  });

  const namesOf = (backupId: string): string[] =>
    storedNames(master, site.id).filter((name) => name.includes(backupId));
  const job = (id: string): Promise<JobDto> => master.admin.ended(id, 30_000);

  /** Nothing is left of any job: folders, objects without a catalogue row, queue entries, sealed requests. */
  async function noLitter(): Promise<void> {
    await until('the work folders to go', () => workFolders(master).length === 0);
    const backups = await master.admin.backups(site.id);
    const names = storedNames(master, site.id).filter((name) => name !== 'site.json');
    expect(names.filter((name) => !backups.some((backup) => name.includes(backup.id)))).toEqual([]);
    expect(names).toHaveLength(backups.length * 2);
    const partials = join(master.config.paths.storage, '.partial');
    expect(existsSync(partials) ? readdirSync(partials) : []).toEqual([]);
    expect(await runSql(database.url, "select state from pgboss.job where name = 'site-job'")).toEqual([]);
    expect(await runSql(database.url, 'select id from job where sealed_request is not null')).toEqual([]);
  }

  // The crash matrix has every stage; here what each kind of stage leaves is looked at.
  it.each(['backup_files', 'upload_remote'])(
    'in %s: the job goes on from there, and leaves nothing',
    { timeout: 90_000 },
    async (stage) => {
      site.hold(stage);
      const started = await site.start();
      await site.reached(stage);
      await master.kill();
      site.release(stage);
      await master.start();
      const ended = await job(started.id);
      expect(ended).toMatchObject({ status: 'completed', attempt: 2, error: null });
      const before = STAGES.indexOf(stage);
      const runs = (await master.admin.follow(started.id))
        .filter((event) => event.type === 'stage.started')
        .map((event) => event.data['stage']);
      // After the upload the catalogue has the backup: nothing is run again.
      const again = before < STAGES.indexOf('upload_remote') ? STAGES.slice(before) : [];
      expect(runs).toEqual([...STAGES.slice(0, before + 1), ...again]);
      expect(await master.admin.backups(site.id)).toMatchObject([{ id: ended.backupId }]);
      const verify = await master.admin.post<JobDto>(`/backups/${ended.backupId ?? ''}/verify`, { level: 'full' });
      expect((await job(verify.id)).error).toBeNull();
      expect(await master.admin.backUp(site.id)).toMatchObject({ status: 'completed' });
    },
  );

  it.each(['backup_files', 'create_bundle', 'upload_remote'])(
    'in %s of an incremental backup, and its parent is deleted meanwhile: it still goes on',
    { timeout: 90_000 },
    async (stage) => {
      writeFileSync(join(site.path, 'noise.bin'), randomBytes(300_000));
      const parent = await master.admin.backUp(site.id);
      await master.admin.ended((await master.admin.post<JobDto>(`/sites/${site.id}/backups`, { full: true })).id);
      const [newest] = await master.admin.backups(site.id);
      site.hold(stage);
      const started = await site.start();
      await site.reached(stage);
      const deleted = newest?.id ?? '';
      expect((await master.admin.call('DELETE', `/backups/${deleted}?force=true`)).status).toBe(204);
      await master.kill();
      site.release(stage);
      await master.start();
      const ended = await job(started.id);
      expect(ended).toMatchObject({ status: 'completed', attempt: 2, error: null });
      const made = (await master.admin.backups(site.id)).find((backup) => backup.id === ended.backupId);
      expect(made).toMatchObject({ parentBackupId: deleted, bundles: 2 });
      const verified = await master.admin.post<JobDto>(`/backups/${made?.id ?? ''}/verify`, { level: 'full' });
      expect((await job(verified.id)).error).toBeNull();
      // The next start finishes the deletion: manifest and, once nothing needs it, the bundle.
      await master.kill();
      await master.start();
      await until('the manifest to go', () => namesOf(deleted).every((name) => name.endsWith('.tar.zst')));
      for (const id of [parent.backupId, made?.id])
        expect((await master.admin.call('DELETE', `/backups/${id ?? ''}?force=true`)).status).toBe(204);
      expect(storedNames(master, site.id)).toEqual([]);
    },
  );

  it('again and again: gives up after the third time, with the reason', { timeout: 120_000 }, async () => {
    site.hold('create_bundle');
    const started = await site.start();
    for (let i = 0; i < 3; i++) {
      await site.reached('create_bundle');
      await master.killAndStart();
    }
    expect(await job(started.id)).toMatchObject({ status: 'failed', error: { code: 'JOB_INTERRUPTED' }, attempt: 3 });
    site.release('create_bundle');
    expect(await master.admin.backUp(site.id)).toMatchObject({ status: 'completed' });
  });

  it('with a request to cancel, and with a job that waits', { timeout: 90_000 }, async () => {
    site.hold('backup_files');
    const other = await GatedSite.make(master as never, `waiting-${number}`);
    const third = await GatedSite.make(master as never, `blocking-${number}`);
    third.hold('backup_db');
    const started = await site.start();
    await site.reached('backup_files');
    const blocking = await third.start();
    await third.reached('backup_db');
    const waiting = await other.start();
    await runSql(database.url, `update job set cancel_requested_at = now() where id = '${started.id}'`);
    await master.kill();
    third.release('backup_db');
    await master.start();
    expect(await job(started.id)).toMatchObject({ status: 'cancelled' });
    expect(await job(blocking.id)).toMatchObject({ status: 'completed' });
    expect(await job(waiting.id)).toMatchObject({ status: 'completed', attempt: 1 });
    site.release('backup_files');
  });

  it('in a restore: the site is as before, the password is gone', { timeout: 90_000 }, async () => {
    const backup = await master.admin.backUp(site.id);
    writeFileSync(join(site.path, 'index.html'), 'newer');
    site.hold('apply');
    const started = await master.admin.post<JobDto>(`/backups/${backup.backupId ?? ''}/restore`, {
      targetDatabase: { name: 'db', user: 'u', password: 'top-secret-1' },
    });
    await site.reached('apply');
    expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toContain('<h1>');
    await master.kill();
    site.release('apply');
    await master.start();
    expect(await job(started.id)).toMatchObject({ status: 'failed', error: { code: 'RESTORE_INTERRUPTED' } });
    expect(readFileSync(join(site.path, 'index.html'), 'utf8')).toBe('newer');
    expect(await master.admin.backUp(site.id)).toMatchObject({ status: 'completed' });
  });

  it('in a restore that can not be taken back at once: tried again until it can', { timeout: 120_000 }, async () => {
    const backup = await master.admin.backUp(site.id);
    writeFileSync(join(site.path, 'index.html'), 'newer');
    site.hold('apply');
    const started = await master.admin.post<JobDto>(`/backups/${backup.backupId ?? ''}/restore`);
    await site.reached('apply');
    await master.kill();
    site.release('apply');
    site.fail('rollback', { code: 'TEST_NO_WAY', kind: 'internal', retry: 'later', message: 'Not now.' });
    await master.start();
    expect(await job(started.id)).toMatchObject({ status: 'failed', error: { code: 'ROLLBACK_FAILED' } });
    await until('the site to be as before', () => readFileSync(join(site.path, 'index.html'), 'utf8') === 'newer');
  });

  it('leaves no folder of an unknown job behind', { timeout: 60_000 }, async () => {
    await master.kill();
    mkdirSync(join(master.config.paths.work, '01a20b8c-d788-7649-97a8-12ebda60f327', 'x'), { recursive: true });
    mkdirSync(join(master.config.paths.storage, '.partial'), { recursive: true });
    writeFileSync(join(master.config.paths.storage, '.partial', 'abc'), 'half an upload');
    await master.start();
    expect(workFolders(master)).toEqual([]);
  });

  it(
    'or stopped in order: the job goes on at the next start, and that is no failure',
    { timeout: 120_000 },
    async () => {
      site.hold('create_bundle');
      const started = await site.start();
      for (let i = 0; i < 4; i++) {
        await site.reached('create_bundle');
        await master.stop();
        await master.start();
      }
      await site.reached('create_bundle');
      site.release('create_bundle');
      expect(await job(started.id)).toMatchObject({ status: 'completed', attempt: 5 });
    },
  );
});
