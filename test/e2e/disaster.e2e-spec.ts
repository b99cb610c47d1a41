import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto, SiteDto } from '../../src/cli/api-types.js';
import { snapshotTree, type TreeFact } from '../../src/engine/testing/index.js';
import { settingsFor } from '../integration/storage/s3-storage.js';
import { sharedCeph } from '../support/ceph.js';
import { runCli, type CliRun } from '../support/cli.js';
import { sqliteDump } from '../support/database-facts.js';
import { TestMaster } from '../support/master.js';
import { addOddFiles } from '../support/odd-files.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const DATABASE = 'wp-content/database/.ht.sqlite';

/** The storage that outlives the server: its kind and settings, as `POST /storage` and `backupd recover` take them. */
interface Surviving {
  kind: string;
  settings: Record<string, unknown>;
}

/** A site as it was when it was backed up. */
interface Moment {
  site: SiteDto;
  backup: BackupDto;
  tree: TreeFact[];
  dump: string;
}

/** All but the database's files: that one comes back as an equal database. SQLite changes the time of its folder by itself. */
function filesOf(root: string): TreeFact[] {
  const facts = snapshotTree(root, { skip: (path) => path.startsWith(DATABASE) });
  for (const fact of facts) if (fact.path === dirname(DATABASE)) fact.mtime = '';
  return facts;
}

const cli = (dataDir: string, ...args: string[]): Promise<CliRun> => runCli(args, { BACKUPD_DATA_DIR: dataDir });

// Everything of a server goes but the bucket: once it comes back from its catalogue backup, once from manifests. From a folder it
// comes back in the same way; `jobs/catalogue-whole` shows that within one process.
describe('a server that was lost but for its bucket', () => {
  const scratch = makeScratch('e2e-disaster');
  const keyFile = join(scratch.path, 'kept', 'secret.txt');
  const sites: WordPressSite[] = [];
  const moments: Moment[] = [];
  let storage: Surviving;
  let master: TestMaster;
  let keptToken = '';

  const settingsFile = join(scratch.path, 'kept', 'storage.json');

  beforeAll(async () => {
    mkdirSync(dirname(keyFile), { recursive: true });
    const ceph = await sharedCeph();
    storage = { kind: 's3', settings: settingsFor(ceph, await ceph.createBucket()) };
    writeFileSync(settingsFile, JSON.stringify(storage.settings), { mode: 0o600 });
    const dataDir = join(scratch.path, 'lost');
    master = await TestMaster.start({ dataDir });
    const own = (await master.api.get<{ items: { id: string }[] }>('/storage')).items[0]?.id ?? '';
    await master.api.post('/storage', { name: 'away', ...storage, isDefault: true });
    await master.api.call('PATCH', `/storage/${own}`, { isDefault: false, enabled: false });
    for (const name of ['blog', 'shop']) {
      const root = join(scratch.path, 'www', name);
      const wordpress = await WordPressSite.install({ root, database: 'sqlite', slim: true });
      addOddFiles(wordpress.root);
      sites.push(wordpress);
      const overrides = { 'env.WP_HOME_NOTE': 'kept', 'env.API_TOKEN': 'swordfish' };
      const site = await master.api.addSite(wordpress.root, { excludes: ['/wp-content/cache'], overrides });
      // A full backup, then one that holds little.
      await keep(site, wordpress);
      writeFileSync(join(wordpress.root, 'wp-content', 'more.bin'), randomBytes(300_000));
      rmSync(join(wordpress.root, 'readme.html'));
      await keep(site, wordpress);
    }
    keptToken = String((await master.api.post('/tokens', { name: 'monitoring', role: 'admin' }))['token']);
    await cli(dataDir, 'secrets', 'export', keyFile);
    const backedUp = await cli(dataDir, 'catalogue', 'backup');
    if (backedUp.code !== 0) throw new Error(backedUp.stderr);
    // One more that the catalogue's backup does not know.
    const [first] = sites;
    const [moment] = moments;
    if (first !== undefined && moment !== undefined) {
      writeFileSync(join(first.root, 'wp-content', 'late.bin'), randomBytes(10_000));
      await keep(moment.site, first);
    }
    await master.remove();
    for (const wordpress of sites) await wordpress.loseFiles();
  });
  afterAll(() => scratch.remove());

  async function keep(site: SiteDto, wordpress: WordPressSite): Promise<void> {
    const job = await master.api.backUp(site.id);
    if (job.status !== 'completed') throw new Error(JSON.stringify(job.error));
    const [backup] = await master.api.backups(site.id);
    if (backup === undefined) throw new Error('no backup');
    const dump = sqliteDump(join(wordpress.root, DATABASE));
    moments.push({ site, backup, tree: filesOf(wordpress.root), dump });
  }

  /** Every backup is known again; restored over nothing or over another one, it is the site as it was. */
  async function expectAllBack(dataDir: string, token?: string): Promise<void> {
    const back = await TestMaster.start({ dataDir });
    try {
      const api = token === undefined ? back.api : back.api.as(token);
      for (const [i, { site, backup, tree, dump }] of moments.entries()) {
        const found = (await api.backups(site.id)).find(({ id }) => id === backup.id);
        expect(found).toMatchObject({ parentBackupId: backup.parentBackupId, fileCount: backup.fileCount });
        // The full one and the newest of one site, the incremental one of the other: each takes its time.
        if (i !== 0 && i < 3) continue;
        const restored = await api.restore(backup.id);
        expect(restored.error).toBeNull();
        expect(filesOf(site.path)).toEqual(tree);
        expect(sqliteDump(join(site.path, DATABASE))).toBe(dump);
      }
      // And life goes on.
      const [moment] = moments;
      const job = await api.backUp(moment?.site.id ?? '');
      expect(job.error).toBeNull();
      expect(job.status).toBe('completed');
    } finally {
      await back.remove();
    }
  }

  /** What a recovery does not begin with: another key, nobody to ask, a folder that is not there. Nothing is made or changed. */
  async function expectRefusals(dataDir: string, args: string[]): Promise<void> {
    const wrong = join(scratch.path, 'wrong.txt');
    writeFileSync(wrong, randomBytes(32).toString('base64'));
    const refused = await cli(dataDir, ...args, '--yes', '--key-file', wrong);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('SECRET_KEY_WRONG');
    expect(await cli(dataDir, ...args, '--key-file', keyFile)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give --yes when there is nobody to ask.'),
    });
    const typo = join(scratch.path, 'mistyped');
    expect((await cli(dataDir, 'recover', '--path', typo, '--yes', '--key-file', keyFile)).code).toBe(2);
    expect(existsSync(typo)).toBe(false);
  }

  it('comes back from the sealed catalogue backup with its credentials, tokens and newer backups', async () => {
    const dataDir = join(scratch.path, 'recovered');
    const args = ['recover', '--kind', storage.kind, '--settings', settingsFile];
    await expectRefusals(dataDir, args);
    const run = await cli(dataDir, ...args, '--yes', '--key-file', keyFile);
    expect(run.stderr).not.toContain('✖');
    expect(run.stdout).toContain('1 brought back');
    expect(run.stdout).toContain('backupd restore latest');
    expect(run.stdout + run.stderr).not.toContain(readFileSync(keyFile, 'utf8').trim());
    const again = await cli(dataDir, ...args, '--yes', '--key-file', keyFile);
    expect(again.stderr).toContain('CATALOGUE_NOT_EMPTY');
    const shown = await cli(dataDir, 'sites', '--json');
    const listed = JSON.parse(shown.stdout) as SiteDto[];
    expect(listed.map((site) => site.overrides)).toEqual(
      sites.map(() => ({ 'env.WP_HOME_NOTE': 'kept', 'env.API_TOKEN': '***' })),
    );
    await expectAllBack(dataDir, keptToken);
  });

  it('comes back from the manifests alone when the key is lost too, and says what is gone', async () => {
    for (const wordpress of sites) await wordpress.loseFiles();
    for (const { root } of sites) mkdirSync(root, { recursive: true });
    const dataDir = join(scratch.path, 'rebuilt');
    const run = await cli(dataDir, 'recover', '--kind', storage.kind, '--settings', settingsFile, '--no-key', '--yes');
    expect(run.stdout).toMatch(/2 brought back/);
    expect(run.stdout).toContain('so lost');
    expect(run.code).toBe(3);
    const again = await cli(dataDir, 'catalogue', 'rebuild', '--from', 'recovered', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      sites: { entered: 0, known: 2 },
      backups: { adopted: 0, damaged: 0, incomplete: 0 },
    });
    const listed = JSON.parse((await cli(dataDir, 'sites', '--json')).stdout) as SiteDto[];
    for (const site of listed)
      expect(site).toMatchObject({
        excludes: ['/wp-content/cache'],
        overrides: { 'env.WP_HOME_NOTE': 'kept' },
        paused: false,
      });
    await expectAllBack(dataDir);
    expect(readdirSync(scratch.path)).not.toContain('rebuilt');
  });
});
