import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto, JobDto, SiteDto } from '../../src/cli/api-types.js';
import { snapshotTree, type TreeFact } from '../../src/engine/testing/index.js';
import type { StreamedEvent } from '../support/api.js';
import { databaseFacts, HARD_SQL, type DatabaseFacts } from '../support/database-facts.js';
import { type MariaDbAccount, MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { addOddFiles } from '../support/odd-files.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const STAGES = ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup'];

/** The facts of the odd files only. */
function odd(facts: TreeFact[]): TreeFact[] {
  return facts.filter((fact) => fact.path.startsWith('wp-content/uploads/odd'));
}

/** All but what names the database: a restore into another one changes it. */
function withoutConfig(facts: TreeFact[]): TreeFact[] {
  return facts.filter((fact) => fact.path !== 'wp-config.php' && fact.path !== '.');
}

describe('a real WordPress on a real MariaDB, through the API', () => {
  const scratch = makeScratch('e2e-wordpress');
  let server: MariaDbServer;
  let master: TestMaster;
  let wordpress: WordPressSite;
  let account: MariaDbAccount;
  let site: SiteDto;
  let job: JobDto;
  let events: StreamedEvent[];
  let backup: BackupDto;
  let before: { tree: TreeFact[]; database: DatabaseFacts; pages: Awaited<ReturnType<WordPressSite['pages']>> };

  beforeAll(async () => {
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ isDatabaseShared: true, dataDir: join(scratch.path, 'data') }),
    ]);
    account = await server.createDatabase('shop_one');
    wordpress = await WordPressSite.install({
      root: join(scratch.path, 'www/shop'),
      database: account,
      title: 'Käse & Söhne 🧀',
    });
    const connection = await server.connect(account);
    await connection.query(HARD_SQL);
    await connection.end();
    addOddFiles(wordpress.root);
    await wordpress.serve();
    await wordpress.pages();
    before = { pages: await wordpress.pages(), tree: [], database: { tables: {}, others: {} } };
    await wordpress.stop();
    before.tree = snapshotTree(wordpress.root);
    before.database = await databaseFacts(server, 'shop_one');
  });
  afterAll(async () => {
    await wordpress?.stop();
    await master?.stop();
    await server?.stop();
    scratch.remove();
  });

  it('finds the site by scanning', async () => {
    const found = await master.api.get<{
      items: { path: string; isInstall: boolean; description: { name: string; url: string } }[];
    }>(`/scan?path=${encodeURIComponent(join(scratch.path, 'www'))}`);
    const install = found.items.find((item) => item.isInstall);
    expect(install).toMatchObject({
      path: wordpress.root,
      description: { name: 'Käse & Söhne 🧀', url: wordpress.content.url },
    });
  });

  it('registers it under the name and address of its own database', async () => {
    site = await master.api.addSite(wordpress.root);
    expect(site).toMatchObject({
      name: 'Käse & Söhne 🧀',
      url: wordpress.content.url,
      path: wordpress.root,
      lastBackup: null,
    });
    expect(JSON.stringify(site)).not.toContain(account.password);
  });

  it('backs it up, and the event stream tells each stage in order up to the end', async () => {
    const started = await master.api.call<JobDto>('POST', `/sites/${site.id}/backups`, {});
    expect(started.status).toBe(202);
    events = await master.api.follow(started.body.id);
    job = await master.api.job(started.body.id);
    expect(job.error).toBeNull();
    expect(job).toMatchObject({ status: 'completed', kind: 'backup', siteId: site.id });
    expect(job.stages.map((stage) => [stage.name, stage.status])).toEqual(STAGES.map((name) => [name, 'completed']));
    const ends = events.filter((event) => event.type === 'stage.completed').map((event) => String(event.data['stage']));
    // Dump and files go side by side; which is first is a matter of chance.
    expect(ends.slice(0, 2).toSorted()).toEqual(STAGES.slice(0, 2).toSorted());
    expect(ends.slice(2)).toEqual(STAGES.slice(2));
    expect(events.at(-1)?.type).toBe('job.completed');
    const ids = events.map((event) => Number(event.id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names the table that is not transactional, and nothing else, as a warning', () => {
    expect(job.warnings.map((warning) => warning.message).join('\n')).toContain('wp_hard_myisam');
    expect(job.warningCount).toBe(1);
  });

  it('replays the stream after a given event', async () => {
    const middle = events[Math.floor(events.length / 2)];
    const rest: StreamedEvent[] = [];
    for await (const event of master.api.events(`/jobs/${job.id}/events`, { lastEventId: middle?.id ?? '' }))
      rest.push(event);
    expect(rest).toEqual(events.slice(events.indexOf(middle as StreamedEvent) + 1));
  });

  it('shows the backup with its copy, and leaves no work folder and no copy of the site', async () => {
    const backups = await master.api.backups(site.id);
    expect(backups).toHaveLength(1);
    backup = backups[0] as BackupDto;
    expect(job.backupId).toBe(backup.id);
    expect(backup.copies).toMatchObject([{ state: expect.stringMatching(/present|verified/) as string }]);
    await expect.poll(() => readdir(join(master.dataDir, 'work')), { timeout: 10_000 }).toEqual([]);
    const objects = await readdir(join(master.dataDir, 'storage/sites', site.id));
    expect(objects.filter((name) => name.endsWith('.tar.zst'))).toHaveLength(1);
    expect(objects.filter((name) => name.endsWith('.manifest.ndjson.zst'))).toHaveLength(1);
    expect(objects).toContain('site.json');
    expect(objects).toHaveLength(3);
  });

  it('did not change the site by backing it up', async () => {
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    expect(await databaseFacts(server, 'shop_one')).toEqual(before.database);
  });

  it('reads every byte back in a full verification', async () => {
    const verify = await master.api.post<JobDto>(`/backups/${backup.id}/verify`, { level: 'full' });
    expect(await master.api.ended(verify.id)).toMatchObject({ status: 'completed', warningCount: 0, error: null });
  });

  it('lists folders of the backup and gives one file out of it', async () => {
    const listing = await master.api.get<{ items: { name?: string; path?: string }[] }>(
      `/backups/${backup.id}/files?path=files`,
    );
    expect(JSON.stringify(listing)).toContain('wp-config.php');
    const file = await master.api.call<string>('GET', `/backups/${backup.id}/file?path=files/wp-config.php`);
    expect(file.status).toBe(200);
    expect(file.body).toBe(await wordpress.readConfig());
  });

  it('keeps the password out of the log, the events and the stored site description', async () => {
    expect(account.password.length).toBeGreaterThan(5);
    expect(master.log).not.toContain(account.password);
    expect(JSON.stringify(events)).not.toContain(account.password);
    const siteJson = execFileSync('cat', [join(master.dataDir, 'storage/sites', site.id, 'site.json')], {
      encoding: 'utf8',
    });
    expect(siteJson).not.toContain(JSON.stringify(account.password).slice(1, -1));
  });

  it('restores after losing every file, the database and its account: same pages, files and rows', async () => {
    await wordpress.loseFiles();
    await server.query("DROP DATABASE shop_one; DROP USER 'shop_one'@'localhost'");
    expect(existsSync(wordpress.root)).toBe(false);
    const restored = await master.api.restore(backup.id, {
      adminDatabase: { host: `localhost:${server.socket}`, user: 'root', password: '' },
    });
    expect(restored.error).toBeNull();
    expect(restored.status).toBe('completed');
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    expect(await databaseFacts(server, 'shop_one')).toEqual(before.database);
    await wordpress.serve();
    expect(await wordpress.pages()).toEqual(before.pages);
    await wordpress.stop();
    expect(await readdir(join(scratch.path, 'www'))).toEqual(['shop']);
  });

  it('previews a restore over a changed site and then undoes exactly the changes', async () => {
    execFileSync(
      'sh',
      ['-c', 'echo hacked > index.php; rm -rf wp-content/uploads/odd; mkdir -p new; echo x > new/file'],
      {
        cwd: wordpress.root,
      },
    );
    await server.query(
      "UPDATE wp_posts SET post_title = 'lost'; CREATE TABLE wp_later (a int); DROP TABLE wp_hard_log",
      'shop_one',
    );
    const preview = await master.api.call('POST', `/backups/${backup.id}/restore`, { dryRun: true });
    expect(preview.status).toBe(200);
    expect(preview.body).toMatchObject({
      targetPath: wordpress.root,
      files: { replace: expect.any(Number) as number, delete: expect.any(Number) as number },
      database: { name: 'shop_one', create: ['wp_hard_log'], drop: ['wp_later'] },
    });
    expect(execFileSync('cat', ['index.php'], { cwd: wordpress.root, encoding: 'utf8' })).toBe('hacked\n');
    const restored = await master.api.restore(backup.id);
    expect(restored.error).toBeNull();
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    expect(await databaseFacts(server, 'shop_one')).toEqual(before.database);
  });

  it('restores to another folder and database, leaving the site as it is', async () => {
    const copy = await server.createDatabase('copy_two');
    const target = join(scratch.path, 'elsewhere/copy');
    const restored = await master.api.restore(backup.id, {
      targetPath: target,
      targetDatabase: {
        name: 'copy_two',
        user: copy.user,
        password: copy.password,
        host: `localhost:${server.socket}`,
      },
    });
    expect(restored.error).toBeNull();
    const copied = await databaseFacts(server, 'copy_two');
    expect(copied.tables).toEqual(before.database.tables);
    expect(withoutConfig(snapshotTree(target))).toEqual(withoutConfig(before.tree));
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    expect(await databaseFacts(server, 'shop_one')).toEqual(before.database);
  });

  it('restores chosen paths only', async () => {
    execFileSync('sh', ['-c', 'echo changed > index.php; rm -rf wp-content/uploads/odd'], { cwd: wordpress.root });
    const restored = await master.api.restore(backup.id, { what: 'files', paths: ['wp-content/uploads/odd'] });
    expect(restored.error).toBeNull();
    expect(execFileSync('cat', ['index.php'], { cwd: wordpress.root, encoding: 'utf8' })).toBe('changed\n');
    expect(odd(snapshotTree(wordpress.root))).toEqual(odd(before.tree));
  });
});
