import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupDto, JobDto, SiteDto } from '../../src/cli/api-types.js';
import { requires, snapshotTree, type TreeFact } from '../../src/engine/testing/index.js';
import { runCli, startCli, type CliRun } from '../support/cli.js';
import { databaseFacts, type DatabaseFacts } from '../support/database-facts.js';
import { MariaDbServer } from '../support/mariadb.js';
import { endPostgresOf, TestMaster } from '../support/master.js';
import { accountOf, makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

describe('the command line on a fresh host, with no server running', () => {
  const scratch = makeScratch('e2e-cli');
  const dataDir = join(scratch.path, 'data');
  const env = { BACKUPD_DATA_DIR: dataDir, BACKUPD_SCAN_ROOTS: join(scratch.path, 'www') };
  const cli = (...args: string[]): Promise<CliRun> => runCli(args, env);
  let server: MariaDbServer;
  let wordpress: WordPressSite;
  let before: { tree: TreeFact[]; database: DatabaseFacts };

  beforeAll(async () => {
    server = await MariaDbServer.start();
    wordpress = await WordPressSite.install({
      root: join(scratch.path, 'www/shop'),
      database: await server.createDatabase('cli_shop'),
      title: 'The Shop',
      slim: true,
    });
    before = { tree: snapshotTree(wordpress.root), database: await databaseFacts(server, 'cli_shop') };
  });
  afterAll(async () => {
    endPostgresOf(dataDir);
    await server?.stop();
    scratch.remove();
  });

  async function expectExit(args: string[], code: number): Promise<void> {
    const run = await cli(...args);
    expect(run.code).toBe(code);
    expect(run.stdout + run.stderr).not.toMatch(/ at .*\.(js|ts):\d+/);
  }

  it('finds the site', async () => {
    const run = await cli('scan');
    expect(run.stderr).toContain('starting one for this command');
    expect(run.stdout).toContain(wordpress.root);
    expect(run.stdout).toContain('1 install');
    expect(run.code).toBe(0);
  });

  it('registers and backs up a path in one command, with the stages told in plain lines', async () => {
    const run = await cli('backup', wordpress.root);
    expect(run.stderr).toContain('Registered The Shop');
    for (const stage of ['backup_db', 'backup_files', 'create_bundle', 'upload_remote', 'cleanup'])
      expect(run.stderr).toContain(`✔ ${stage}`);
    expect(run.stdout).toContain('backup of The Shop completed');
    // eslint-disable-next-line no-control-regex -- no colors and no cursor moves without a terminal
    expect(run.stdout + run.stderr).not.toMatch(/\u001b/);
    expect(run.code).toBe(0);
  });

  it('lists it, as a table and as JSON', async () => {
    const table = await cli('backups', 'The Shop');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/ID +SITE +TAKEN/);
    const json = JSON.parse((await cli('backups', '--json')).stdout) as BackupDto[];
    expect(json).toHaveLength(1);
    expect(table.stdout).toContain(json[0]?.id.slice(0, 18));
    const sites = JSON.parse((await cli('sites', 'list', '--json')).stdout) as SiteDto[];
    expect(sites).toMatchObject([{ name: 'The Shop', path: wordpress.root }]);
  });

  it('refuses to restore over a site without being asked or told', async () => {
    const run = await cli('restore', 'latest');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('--yes');
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
  });

  it('previews, then restores after everything was lost', async () => {
    await wordpress.loseFiles();
    await server.query('DROP DATABASE cli_shop; CREATE DATABASE cli_shop');
    const preview = await cli('restore', 'latest', '--site', 'the shop', '--dry-run');
    expect(preview.code).toBe(0);
    expect(preview.stdout).toContain(wordpress.root);
    expect(existsSync(wordpress.root)).toBe(false);
    const run = await cli('restore', 'latest', '--yes', '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ kind: 'restore', status: 'completed' });
    expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    expect(await databaseFacts(server, 'cli_shop')).toEqual(before.database);
  });

  it.each([
    [['restore', 'zzz', '--yes'], 2],
    [['backup', 'no such site'], 1],
  ])('%j ends with %i', expectExit);

  describe('with a server running', () => {
    let master: TestMaster;
    beforeAll(async () => {
      master = await TestMaster.start({ dataDir });
    });
    afterAll(async () => {
      await master?.stop();
    });

    it('fetches only what differs with --delta', async () => {
      const index = join(wordpress.root, 'index.php');
      writeFileSync(index, '<?php // hacked');
      rmSync(join(wordpress.root, 'wp-config.php'));
      const refused = await cli('restore', 'latest', '--only', 'database', '--delta', '--dry-run');
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--delta is for files') });
      const run = await cli('restore', 'latest', '--delta', '--yes', '--json');
      expect(run.code).toBe(0);
      const job = JSON.parse(run.stdout) as JobDto;
      const staged = job.stages.find((stage) => stage.name === 'stage_files');
      expect(staged).toMatchObject({
        message: expect.stringContaining('were on disk already'),
        details: { fetched: { files: 2 } },
      });
      expect(snapshotTree(wordpress.root)).toEqual(before.tree);
      expect(await databaseFacts(server, 'cli_shop')).toEqual(before.database);
    });

    it('restores into another folder and database, the password from a file', async () => {
      const account = await server.createDatabase('cli_copy', { password: 'copy-secret' });
      const secret = join(scratch.path, 'password');
      execFileSync('sh', ['-c', 'umask 077; printf "copy-secret\\n" > "$1"', 'sh', secret]);
      const to = join(scratch.path, 'copy');
      const into = ['--to', to, '--database', 'cli_copy', '--db-user', account.user];
      const access = ['--db-host', `localhost:${server.socket}`, '--db-password-file', secret];
      const run = await cli('restore', 'latest', '--site', wordpress.root, ...into, ...access, '--yes');
      expect(run.code).toBe(0);
      expect(readFileSync(join(to, 'index.php'), 'utf8')).toBe(readFileSync(join(wordpress.root, 'index.php'), 'utf8'));
      expect((await databaseFacts(server, 'cli_copy')).tables).toEqual(before.database.tables);
    });

    it('verifies', async () => {
      const run = await cli('verify', 'latest');
      expect(run.stdout).toContain('verify of The Shop completed');
      expect(run.code).toBe(0);
    });

    it('ends with 3 when there are warnings', async () => {
      await server.query('CREATE TABLE wp_old (a int) ENGINE=MyISAM', 'cli_shop');
      const run = await cli('backup', 'The Shop', '--wait');
      expect(run.code).toBe(3);
      expect(run.stdout).toContain('wp_old');
      await server.query('DROP TABLE wp_old', 'cli_shop');
    });

    it('tells what changed since the backup before', async () => {
      const run = await cli('diff', 'latest');
      expect(run.code).toBe(0);
      expect(run.stdout).toMatch(/\d+ added, \d+ changed, \d+ removed; [^]*\+ wp_old +0 +0 +0\n/);
      expect(run.stdout).toContain('1 table added, ');
      const json = JSON.parse((await cli('diff', 'latest', '--only', 'database', '--json')).stdout) as {
        database: unknown;
      };
      expect(json.database).toMatchObject({ totals: { added: 1, removed: 0, exact: true }, objects: [] });
    });

    it('ends with 1 when a job fails, with the reason and a hint', async () => {
      const secret = join(scratch.path, 'wrong');
      execFileSync('sh', ['-c', 'printf wrong-password > "$1"', 'sh', secret]);
      expect((await cli('sites', 'edit', 'The Shop', '--override-file', `DB_PASSWORD=${secret}`)).code).toBe(0);
      const run = await cli('backup', 'The Shop', '--wait');
      expect(run.code).toBe(1);
      expect(run.stdout).toContain('failed');
      expect(run.stdout + run.stderr).not.toContain('wrong-password');
      expect((await cli('sites', 'edit', 'The Shop', '--unset-override', 'DB_PASSWORD')).code).toBe(0);
    });

    it('checks the host', async () => {
      const run = await cli('doctor', '--json');
      const answer = JSON.parse(run.stdout) as { ok: boolean; checks: unknown[] };
      expect(answer.checks.length).toBeGreaterThan(3);
      expect([0, 3]).toContain(run.code);
    });

    it.each([
      [['nonsense'], 2],
      [['backup'], 2],
      [['restore', 'latest', '--only', 'everything'], 2],
      [['restore', 'zzz', '--yes'], 2],
      [['sites', 'show', 'no such site'], 1],
      [['backup', 'no such site'], 1],
      [['jobs', 'show', '01890a5d-ac96-774b-bcce-b302099a8057'], 1],
      [['restore', '01890a5d-ac96-774b-bcce-b302099a8057', '--yes'], 1],
      [['--help'], 0],
    ])('%j ends with %i', expectExit);

    it('uses it, and does not wait unless told to', async () => {
      const run = await cli('backup', 'The Shop', '--json');
      expect(run.stderr).not.toContain('starting one');
      expect(run.code).toBe(0);
      const job = JSON.parse(run.stdout) as JobDto;
      const follow = await cli('jobs', 'follow', job.id);
      expect(follow.code).toBe(0);
      expect(follow.stdout).toContain('completed');
    });

    it('gets one file, to standard output or into a folder', async () => {
      const expected = readFileSync(join(wordpress.root, 'wp-config.php'), 'utf8');
      const shown = await cli('get', 'latest', 'wp-config.php', '--site', wordpress.root);
      expect(shown).toEqual({ code: 0, stdout: expected, stderr: '' });
      const [backup] = JSON.parse((await cli('backups', '--json')).stdout) as BackupDto[];
      const written = await cli('get', backup?.id ?? '', 'wp-config.php', '-o', scratch.path);
      expect(written.code).toBe(0);
      expect(readFileSync(join(scratch.path, 'wp-config.php'), 'utf8')).toBe(expected);
      const missing = await cli('get', '01890a5d-ac96-774b-bcce-b302099a8057', 'wp-config.php');
      expect(missing.stderr).toContain('[BACKUP_NOT_FOUND]');
      expect(missing.code).toBe(1);
    });

    it('leaves the job running on Ctrl-C and says how to cancel it', async () => {
      // Paused by a lock that we hold, so that it can't be over before the signal.
      const lock = await server.connect({ database: 'cli_shop' });
      await lock.query('LOCK TABLES wp_posts WRITE');
      const { child, done } = startCli(['backup', 'The Shop', '--wait'], env);
      await new Promise<void>((resolve) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('backup_db')) resolve();
        });
      });
      child.kill('SIGINT');
      const run = await done;
      expect(run.code).toBe(130);
      expect(run.stderr).toContain('backupd jobs cancel');
      const [job] = (await master.api.get<{ items: JobDto[] }>('/jobs?limit=1')).items;
      expect(job?.status).toBe('running');
      const cancel = await cli('jobs', 'cancel', job?.id ?? '');
      expect(cancel.code).toBe(0);
      const ended = await master.api.ended(job?.id ?? '');
      expect(ended.status).toBe('cancelled');
      await lock.query('UNLOCK TABLES');
      await lock.end();
    });

    it('makes, uses and revokes a token', async () => {
      const made = await cli('token', 'create', 'a viewer', '--role', 'viewer');
      const token = made.stdout.trim();
      const remote = { BACKUPD_MASTER_URL: master.url, BACKUPD_API_KEY: token, BACKUPD_DATA_DIR: '/nonexistent' };
      expect((await runCli(['sites'], remote)).code).toBe(0);
      const refused = await runCli(['backup', 'The Shop'], remote);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('ROLE_TOO_LOW');
      expect((await cli('token', 'revoke', 'a viewer')).code).toBe(0);
      expect((await runCli(['sites'], remote)).stderr).toContain('TOKEN_INVALID');
    });

    it.runIf(requires('root'))('tells another user why it may not', () => {
      chmodSync(dataDir, 0o711);
      const nobody = accountOf('nobody') ?? { uid: 0, gid: 0 };
      const entry = join(import.meta.dirname, '../../dist/src/cli.js');
      let output = '';
      try {
        execFileSync(process.execPath, [entry, 'sites'], {
          env: { ...env, HOME: '/nonexistent', BACKUPD_CONFIG: '/dev/null', BACKUPD_MODE: 'master' },
          ...nobody,
          stdio: 'pipe',
          encoding: 'utf8',
        });
      } catch (error) {
        output = (error as { stderr: string }).stderr;
      }
      expect(output).toContain('another user');
      expect(output).toContain('MASTER_NOT_YOURS');
    });
  });
});
