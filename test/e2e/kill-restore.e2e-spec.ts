import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto, Page, SiteDto } from '../../src/cli/api-types.js';
import { snapshotTree, type TreeFact } from '../../src/engine/testing/index.js';
import { cloneDatabase } from '../support/database.js';
import { databaseFacts, HARD_SQL, type DatabaseFacts } from '../support/database-facts.js';
import { MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const RESTORE_STAGES = ['check', 'stage_files', 'load_db', 'activate', 'finish'];

/** Backups: see crash-matrix. */
describe('kill -9 of the master', () => {
  const scratch = makeScratch('e2e-kill');
  const dataDir = join(scratch.path, 'data');
  let server: MariaDbServer;
  let master: TestMaster;
  let wordpress: WordPressSite;
  let site: SiteDto;
  let before: { tree: TreeFact[]; database: DatabaseFacts };

  let catalogue: Awaited<ReturnType<typeof cloneDatabase>>;
  let env: Record<string, string>;

  beforeAll(async () => {
    // A server that runs already: each start takes a second.
    catalogue = await cloneDatabase();
    env = { BACKUPD_DATABASE_URL: catalogue.url };
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ isDatabaseShared: true, dataDir, env }),
    ]);
    const account = await server.createDatabase('killed');
    const root = join(scratch.path, 'www/site');
    wordpress = await WordPressSite.install({ root, database: account, slim: true });
    const connection = await server.connect(account);
    await connection.query(HARD_SQL);
    await connection.end();
    // Some tens of megabytes, so that no stage is over before the signal arrives.
    await server.query(
      'CREATE TABLE wp_big (id int PRIMARY KEY, data mediumtext); INSERT INTO wp_big SELECT seq, REPEAT(MD5(seq), 300) FROM seq_1_to_2500',
      'killed',
    );
    site = await master.api.addSite(wordpress.root);
    before = { tree: snapshotTree(wordpress.root), database: await databaseFacts(server, 'killed') };
  });
  afterAll(async () => {
    await master?.stop();
    await catalogue?.drop();
    await server?.stop();
    scratch.remove();
  });

  /** Kills the master as soon as the event of the job is seen, then starts it again on the same data dir. */
  async function killAt(job: JobDto, type: string, stage: string): Promise<void> {
    const kills: Promise<void>[] = [];
    await master.api
      .follow(job.id, (event) => {
        if (event.type === type && event.data['stage'] === stage) kills.push(master.kill());
      })
      // The stream breaks with the process.
      .catch(() => {});
    expect(kills.length, `no ${type} of ${stage} was seen`).toBeGreaterThan(0);
    await Promise.all(kills);
    master = await TestMaster.start({ isDatabaseShared: true, dataDir, env });
  }

  async function activeJobs(): Promise<JobDto[]> {
    const page = await master.api.get<Page<JobDto>>('/jobs?limit=100');
    return page.items.filter((job) => job.status === 'running' || job.status === 'pending');
  }

  async function expectNoLitter(): Promise<void> {
    expect(await activeJobs()).toEqual([]);
    // The folder goes right after the job's end is told.
    await expect.poll(() => readdir(join(dataDir, 'work')), { timeout: 10_000 }).toEqual([]);
    const folder = join(dataDir, 'storage/sites', site.id);
    const objects = existsSync(folder) ? await readdir(folder) : [];
    const listed = (await master.api.backups(site.id)).map((backup) => backup.id).toSorted();
    const stored = objects
      .filter((name) => name.endsWith('.tar.zst'))
      .map((name) => name.slice(17, -'.tar.zst'.length));
    expect(stored.toSorted()).toEqual(listed);
    const expected = listed.length === 0 ? [] : ['site.json', ...objects.filter((name) => name.endsWith('.zst'))];
    expect(objects.filter((name) => name !== 'site.json' || listed.length > 0).toSorted()).toEqual(expected.toSorted());
    expect(objects.filter((name) => name.endsWith('.manifest.ndjson.zst'))).toHaveLength(listed.length);
  }

  describe('in the middle of a restore in place', () => {
    let backupId: string;
    beforeAll(async () => {
      backupId = (await master.api.backUp(site.id)).backupId ?? '';
    });

    it('has the stages that are tried below', async () => {
      const trial = await master.api.restore(backupId);
      expect(trial.error).toBeNull();
      expect(trial.stages.map((stage) => stage.name)).toEqual(RESTORE_STAGES);
      expect(snapshotTree(wordpress.root)).toEqual(before.tree);
    });

    it.each(RESTORE_STAGES)('%s: the site is the old one or the restored one, never a mix', async (stage) => {
      await server.query("UPDATE wp_options SET option_value = 'newer' WHERE option_name = 'blogname'", 'killed');
      await wordpress.php("file_put_contents(ABSPATH . 'newer.txt', 'x');");
      const newer = { tree: snapshotTree(wordpress.root), database: await databaseFacts(server, 'killed') };
      const job = await master.api.post<JobDto>(`/backups/${backupId}/restore`);
      await killAt(job, 'stage.started', stage);
      const ended = await master.api.ended(job.id);
      const now = { tree: snapshotTree(wordpress.root), database: await databaseFacts(server, 'killed') };
      expect(now, `${ended.status} after a stop in ${stage}`).toEqual(ended.status === 'completed' ? before : newer);
      expect(await readdir(join(scratch.path, 'www'))).toEqual(['site']);
      await expectNoLitter();
    });

    it('can be restored afterwards', async () => {
      const last = await master.api.restore(backupId);
      expect(last.error).toBeNull();
      expect(snapshotTree(wordpress.root)).toEqual(before.tree);
      expect(await databaseFacts(server, 'killed')).toEqual(before.database);
    });
  });
});
