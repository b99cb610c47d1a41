import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto, SiteDto } from '../../src/cli/api-types.js';
import { requires, snapshotTree } from '../../src/engine/testing/index.js';
import type { TestApi } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import { databaseFacts } from '../support/database-facts.js';
import { type MariaDbAccount, MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { makeScratch, until } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

/** Jobs are tried again soon, and what failed keeps nothing. */
const impatient = { BACKUPD_RETRY_SECONDS: '1', BACKUPD_KEEP_FAILED_HOURS: '0' };

/** Lets the real program answer what it is asked about itself. */
const version =
  'for a in "$@"; do case "$a" in --version|-V) exec /usr/bin/mariadb-dump --version;; --help) exec /usr/bin/mariadb-dump --help;; esac; done';

describe('backups and restores that can not work', () => {
  const scratch = makeScratch('e2e-bad');
  let server: MariaDbServer;
  let catalogue: Awaited<ReturnType<typeof cloneDatabase>>;
  let master: TestMaster;
  let api: TestApi;
  let account: MariaDbAccount;
  let wordpress: WordPressSite;
  let site: SiteDto;
  const mounts: string[] = [];

  beforeAll(async () => {
    catalogue = await cloneDatabase();
    const env = { BACKUPD_DATABASE_URL: catalogue.url, ...impatient };
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ isDatabaseShared: true, dataDir: join(scratch.path, 'data'), env }),
    ]);
    api = master.api;
    account = await server.createDatabase('bad_input');
    wordpress = await WordPressSite.install({ root: join(scratch.path, 'www/site'), database: account, slim: true });
    site = await api.addSite(wordpress.root);
  });
  afterAll(async () => {
    await wordpress?.stop();
    await master?.stop();
    await server?.stop();
    await catalogue?.drop();
    for (const mount of mounts) spawnSync('umount', [mount]);
    scratch.remove();
  });

  describe('a backup that can not work fails, says why and leaves nothing behind', () => {
    it('with a wrong database password, which is not repeated', async () => {
      const secret = 'wrong-but-secret-4711';
      await api.call('PATCH', `/sites/${site.id}`, { overrides: { DB_PASSWORD: secret } });
      try {
        const job = await expectFailure(master, site, /password|denied/i);
        expect(JSON.stringify(job)).not.toContain(secret);
        expect(master.log).not.toContain(secret);
      } finally {
        await api.call('PATCH', `/sites/${site.id}`, { overrides: {} });
      }
    });

    it('with the database gone', async () => {
      await api.call('PATCH', `/sites/${site.id}`, { overrides: { DB_NAME: 'no_such_database' } });
      try {
        await expectFailure(master, site, /no_such_database/);
      } finally {
        await api.call('PATCH', `/sites/${site.id}`, { overrides: {} });
      }
    });

    it('without mariadb-dump and mysqldump', () =>
      withPrograms('none', scratch.path, wordpress.root, {}, async (other, of) => {
        await expectFailure(other, of, /mariadb-dump/);
      }));

    it('with a dump that is cut off although the program says success', () =>
      withPrograms(
        'cut-off',
        scratch.path,
        wordpress.root,
        {
          'mariadb-dump': `#!/bin/sh\n${version}\n/usr/bin/mariadb-dump "$@" | /usr/bin/head -c 5000\nexit 0\n`,
        },
        async (other, of) => {
          await expectFailure(other, of, /DUMP/);
        },
      ));
  });

  // Such faults may pass: the job is tried again some times before it gives up, side by side.
  describe.concurrent('a fault that may pass and does not', () => {
    it('with a dump program that fails half-way', () =>
      withPrograms(
        'failing',
        scratch.path,
        wordpress.root,
        {
          'mariadb-dump': `#!/bin/sh\n${version}\n/usr/bin/mariadb-dump "$@" | /usr/bin/head -c 5000\necho 'mariadb-dump: Error 2013: Lost connection to server during query' >&2\nexit 3\n`,
        },
        async (other, of) => {
          await expectFailure(other, of, /Lost connection|DUMP/);
        },
      ));

    it.runIf(requires('root'))('with a full disk under the work folder, saying how much is needed', async (context) => {
      const dataDir = join(scratch.path, 'data-full');
      await mkdir(join(dataDir, 'work'), { recursive: true });
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', join(dataDir, 'work')]);
      // In an unprivileged container root may not mount.
      if (mounted.status !== 0) context.skip();
      mounts.push(join(dataDir, 'work'));
      const other = await TestMaster.start({ isDatabaseShared: true, dataDir, env: impatient });
      try {
        const job = await expectFailure(other, await other.api.addSite(wordpress.root), /SPACE|space/);
        expect(job.error?.message).toMatch(/\d/);
      } finally {
        await other.stop();
      }
    });

    it.runIf(requires('root'))('with a full disk under the storage', async (context) => {
      const dataDir = join(scratch.path, 'data-full-storage');
      await mkdir(join(dataDir, 'storage'), { recursive: true });
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', join(dataDir, 'storage')]);
      if (mounted.status !== 0) context.skip();
      mounts.push(join(dataDir, 'storage'));
      const other = await TestMaster.start({ isDatabaseShared: true, dataDir, env: impatient });
      try {
        await expectFailure(other, await other.api.addSite(wordpress.root), /FULL|SPACE|space/);
      } finally {
        await other.stop();
      }
    });
  });

  it('a damaged bundle: verification names the file, a restore refuses and changes nothing', async () => {
    const job = await api.backUp(site.id);
    const backup = (await api.backups(site.id)).find((one) => one.id === job.backupId);
    const folder = join(master.dataDir, 'storage/sites', site.id);
    const bundle = join(
      folder,
      readdirSync(folder).find((name) => name.includes(backup?.id ?? '-') && name.endsWith('.tar.zst')) ?? '',
    );
    const middle = Math.floor(readFileSync(bundle).length / 2);
    execFileSync('sh', [
      '-c',
      'chmod u+w "$1"; printf "damage!!" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null',
      'sh',
      bundle,
      String(middle),
    ]);
    const tree = snapshotTree(wordpress.root);
    const database = await databaseFacts(server, 'bad_input');
    const verify = await api.post<JobDto>(`/backups/${backup?.id}/verify`, { level: 'full' });
    const verified = await api.ended(verify.id);
    expect(verified.status).toBe('failed');
    expect(JSON.stringify(verified.error)).toMatch(/DAMAGED/);
    const target = join(scratch.path, 'www/damaged');
    const restored = await api.restore(backup?.id ?? '', { targetPath: target, what: 'files' });
    expect(restored.status).toBe('failed');
    expect(restored.error?.code).toMatch(/DAMAGED/);
    const inPlace = await api.restore(backup?.id ?? '');
    expect(inPlace.status).toBe('failed');
    expect(snapshotTree(wordpress.root)).toEqual(tree);
    expect(await databaseFacts(server, 'bad_input')).toEqual(database);
    expect(readdirSync(join(scratch.path, 'www')).toSorted()).toEqual(['site']);
  });
});

/** A backup that must fail, with the reason, and without litter. */
async function expectFailure(from: TestMaster, of: SiteDto, message: RegExp): Promise<JobDto> {
  const objects = await objectsIn(from);
  const job = await from.api.backUp(of.id);
  expect(job.status).toBe('failed');
  expect(`${job.error?.code} ${job.error?.message} ${job.error?.hint ?? ''}`).toMatch(message);
  await until('the work folder to go', async () => (await readdir(join(from.dataDir, 'work'))).length === 0);
  expect(await objectsIn(from)).toEqual(objects);
  return job;
}

/** Runs a master that finds only the given programs. */
async function withPrograms(
  name: string,
  scratch: string,
  root: string,
  programs: Record<string, string>,
  test: (other: TestMaster, of: SiteDto) => Promise<void>,
): Promise<void> {
  const bin = join(scratch, `bin-${name}`);
  await mkdir(bin);
  for (const [program, script] of Object.entries(programs)) {
    await writeFile(join(bin, program), script);
    await chmod(join(bin, program), 0o755);
  }
  // A server of its own: the embedded one needs programs to find the account it runs as.
  const database = await cloneDatabase();
  const env = { PATH: bin, BACKUPD_DATABASE_URL: database.url, ...impatient };
  const other = await TestMaster.start({ isDatabaseShared: true, dataDir: join(scratch, `data-${name}`), env });
  try {
    await test(other, await other.api.addSite(root));
  } finally {
    await other.remove();
    await database.drop();
  }
}

async function objectsIn(master: TestMaster): Promise<string[]> {
  const names = await readdir(join(master.dataDir, 'storage'), { recursive: true });
  return names.filter((name) => /\.(zst|partial)$|partial/.test(name)).toSorted();
}
