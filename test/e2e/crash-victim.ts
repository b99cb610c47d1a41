import { existsSync, readdirSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { BackupDto, JobDto, SiteDto } from '../../src/cli/api-types.js';
import { SeededRandom, snapshotTree } from '../../src/engine/testing/index.js';
import { settingsFor } from '../integration/storage/s3-storage.js';
import { sharedCeph } from '../support/ceph.js';
import { cloneDatabase } from '../support/database.js';
import { databaseFacts } from '../support/database-facts.js';
import type { MariaDbAccount, MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { runSql } from '../support/postgres.js';
import { until } from '../support/scratch.js';
import type { WordPressSite } from '../support/wordpress.js';

/** Another one tries other instants. */
const CRASH_SEED = 20_261_126;

function equal(found: unknown, expected: unknown): void {
  expect(found, `seed ${CRASH_SEED}`).toEqual(expected);
}

function like(found: unknown, expected: object): void {
  expect(found, `seed ${CRASH_SEED}`).toMatchObject(expected);
}

/** One master with one site and one storage, killed again and again. */
export class Victim {
  private master!: TestMaster;
  private site!: SiteDto;
  private readonly database = cloneDatabase();
  private readonly random: SeededRandom;
  /** Kills that are still to come, as parts of the time that they are spread over. */
  private instants: number[];
  private wholeMs = 0;
  private startMs = 0;
  private readonly jobs: JobDto[] = [];

  constructor(
    readonly name: 'local' | 's3',
    /** How many kills there will be in all. */
    count: number,
    private readonly folder: string,
    private readonly server: MariaDbServer,
    private readonly wordpress: WordPressSite,
    private readonly account: MariaDbAccount,
  ) {
    this.random = new SeededRandom(CRASH_SEED + (name === 's3' ? 1 : 0));
    this.instants = this.shuffled(Array.from({ length: count }, (_, i) => (i + this.random.next()) / count));
  }

  private get dataDir(): string {
    return join(this.folder, `data-${this.name}`);
  }

  private shuffled(items: number[]): number[] {
    return items
      .map((item) => ({ item, at: this.random.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  private async start(killAfterMs?: number): Promise<TestMaster | null> {
    const env = { BACKUPD_DATABASE_URL: (await this.database).url, BACKUPD_RETRY_SECONDS: '1' };
    let killed = false;
    try {
      const master = await TestMaster.start({
        dataDir: this.dataDir,
        env,
        onSpawn: (child) => {
          if (killAfterMs === undefined) return;
          setTimeout(() => {
            killed = true;
            child.kill('SIGKILL');
          }, killAfterMs);
          child.once('exit', () => this.gone.resolve());
        },
      });
      if (killAfterMs === undefined) return master;
    } catch (error) {
      if (!killed) throw error;
    }
    await this.gone.promise;
    this.gone = Promise.withResolvers();
    return null;
  }
  private gone = Promise.withResolvers<void>();

  /** The first start and the first backup: how long they take undisturbed. */
  async begin(): Promise<void> {
    this.master = (await this.start())!;
    const { api } = this.master;
    let more = {};
    if (this.name === 's3') {
      const ceph = await sharedCeph();
      this.bucket = await ceph.createBucket();
      const settings = settingsFor(ceph, this.bucket);
      const { id } = await api.post<{ id: string }>('/storage', { name: 'bucket', kind: 's3', settings });
      more = { destinations: { mode: 'all', providers: [{ id }] } };
    }
    this.site = await api.addSite(this.wordpress.root, more);
    const first = performance.now();
    this.jobs.push(await api.backUp(this.site.id));
    this.wholeMs = performance.now() - first;
    like(this.jobs, [{ status: 'completed', warnings: [] }]);
    // The first start takes longer than all others.
    await this.master.kill();
    const again = performance.now();
    this.master = (await this.start())!;
    this.startMs = performance.now() - again;
  }
  private bucket = '';

  /** One backup during which the master is killed so often; afterwards it is whole, and nothing else is left. */
  async backUpUnderFire(kills: number, full: boolean): Promise<JobDto> {
    await appendFile(join(this.wordpress.root, 'wp-content/changing.txt'), `${this.jobs.length}\n`);
    const job = await this.master.api.post<JobDto>(`/sites/${this.site.id}/backups`, { full });
    for (let i = 0; i < kills; i++) {
      const instant = this.instants.pop() ?? 0;
      if (i > 0) {
        // A quarter while it starts, the others while it works.
        await this.start(
          instant < 0.25 ? 4 * instant * this.startMs : this.startMs + ((instant - 0.25) / 0.75) * 0.8 * this.wholeMs,
        );
        continue;
      }
      await pause(instant * this.wholeMs);
      await this.master.kill();
    }
    this.master = (await this.start())!;
    let ended = await this.master.api.ended(job.id);
    if (ended.status === 'failed') {
      like(ended.error, { code: 'JOB_INTERRUPTED' });
      ended = await this.master.api.post<JobDto>(`/jobs/${job.id}/retry`);
      ended = await this.master.api.ended(job.id);
    }
    like(ended, { status: 'completed', error: null, warnings: [] });
    this.jobs.push(ended);
    await this.expectClean();
    const verify = await this.master.api.post<JobDto>(`/backups/${ended.backupId ?? ''}/verify`, { level: 'full' });
    like(await this.master.api.ended(verify.id), { status: 'completed', error: null, warnings: [] });
    return ended;
  }

  /** The site as it was when the backup was made. */
  async expectRestorable(job: JobDto): Promise<void> {
    const before = [snapshotTree(this.wordpress.root), await databaseFacts(this.server, this.account.database)];
    await this.wordpress.php("file_put_contents(ABSPATH . 'newer.txt', 'x');");
    await this.server.query(
      "UPDATE wp_options SET option_value = 'newer' WHERE option_name = 'blogname'",
      this.account.database,
    );
    like(await this.master.api.restore(job.backupId ?? ''), { status: 'completed', error: null });
    equal([snapshotTree(this.wordpress.root), await databaseFacts(this.server, this.account.database)], before);
  }

  /** One whole backup for each job and nothing else: in the catalogue, the storage, the work folder, the queue, the database server. */
  private async expectClean(): Promise<void> {
    const { api } = this.master;
    await until('the work folders to go', () => readdirSync(join(this.dataDir, 'work')).length === 0);
    const backups: BackupDto[] = await api.backups(this.site.id);
    equal(new Set(backups.map(({ jobId }) => jobId)), new Set(this.jobs.map(({ id }) => id)));
    equal(backups.length, this.jobs.length);
    const ids = backups.flatMap(({ id }) => [`${id}.manifest.ndjson.zst`, `${id}.tar.zst`]);
    const stored = (await this.objects())
      .map((name) => name.replace(/^.*\//, ''))
      .filter((name) => name !== 'site.json');
    equal(stored.map((name) => name.slice(17)).toSorted(), ids.toSorted());
    const { url } = await this.database;
    equal(await runSql(url, "select state from pgboss.job where name = 'site-job'"), []);
    equal(await runSql(url, 'select id from job where litter or kept_until is not null'), []);
    const left = await this.server.query(
      `SELECT id FROM information_schema.processlist WHERE user = '${this.account.user}'`,
    );
    equal(left, []);
  }

  /** All that is in the storage, begun uploads too. */
  private async objects(): Promise<string[]> {
    if (this.name === 'local') {
      const storage = join(this.dataDir, 'storage');
      const partials = join(storage, '.partial');
      equal(existsSync(partials) ? readdirSync(partials) : [], []);
      return readdirSync(join(storage, 'sites', this.site.id));
    }
    const { client } = await sharedCeph();
    const begun = await client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket }));
    equal(begun.Uploads ?? [], []);
    const page = await client.send(new ListObjectsV2Command({ Bucket: this.bucket }));
    return (page.Contents ?? []).flatMap(({ Key }) => (Key?.includes('/sites/') === true ? [Key] : []));
  }

  /** Runs that the kills have cut off. */
  cutOff(): number {
    return this.jobs.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'cut-off').length;
  }

  async end(): Promise<void> {
    await this.master?.stop();
    await (await this.database).drop();
  }
}
