import { existsSync, readdirSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Client } from 'pg';
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
/** This part of the kills after the first meets a start, the others a job at work. */
const STARTING = 0.2;

function spanOf({ startedAt, finishedAt }: JobDto): number {
  return Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '');
}

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
  /** Kills that are still to come, as parts of the span that they are spread over. */
  private instants: number[];
  /** How long a job runs undisturbed: all of it, one with few changes, and of that the last stages. */
  private spanMs = { full: 0, changes: 0, rest: 0 };
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

  /** With `untilKill` it is killed when that has passed; resolves when it is gone. */
  private async start(untilKill?: () => Promise<void>): Promise<TestMaster | null> {
    const env = { BACKUPD_DATABASE_URL: (await this.database).url, BACKUPD_RETRY_SECONDS: '1' };
    let killed = false;
    try {
      const master = await TestMaster.start({
        dataDir: this.dataDir,
        env,
        onSpawn: (child) => {
          if (untilKill === undefined) return;
          void untilKill().finally(() => {
            killed = true;
            child.kill('SIGKILL');
          });
          child.once('exit', () => this.gone.resolve());
        },
      });
      if (untilKill === undefined) return master;
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
    this.client = new Client({ connectionString: (await this.database).url });
    await this.client.connect();
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
    const full = await api.backUp(this.site.id);
    const changes = await api.backUp(this.site.id);
    this.jobs.push(full, changes);
    for (const job of this.jobs) like(job, { status: 'completed', warnings: [] });
    const lasting = new Set(['create_bundle', 'upload_remote', 'cleanup']);
    const rest = changes.stages.filter(({ name }) => lasting.has(name));
    this.spanMs = {
      full: spanOf(full),
      changes: spanOf(changes),
      rest: rest.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0) * 1000, 0),
    };
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
    let attempt = 0;
    for (let i = 0; i < kills; i++) {
      const instant = this.instants.pop() ?? 0;
      if (i > 0 && instant < STARTING) {
        await this.start(() => pause((instant / STARTING) * this.startMs));
        continue;
      }
      // What is left of a job that goes on takes as long as its last stages.
      const span = i === 0 ? this.spanMs[full ? 'full' : 'changes'] : this.spanMs.rest;
      const midst = async (): Promise<void> => {
        attempt = await this.atWork(job.id, attempt);
        await pause((i === 0 ? instant : (instant - STARTING) / (1 - STARTING)) * span);
      };
      if (i > 0) await this.start(midst);
      else {
        await midst();
        await this.master.kill();
      }
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

  /** Waits for a run of the job after that one, or for its end; the number of its newest run. */
  private async atWork(jobId: string, after: number): Promise<number> {
    const sql = 'select attempt, status from job where id = $1';
    return until(
      'the job to run',
      async () => {
        const { rows } = await this.client.query<{ attempt: number; status: string }>(sql, [jobId]);
        const [row] = rows;
        if (row === undefined || row.status === 'pending' || (row.status === 'running' && row.attempt <= after))
          return null;
        return row.attempt;
      },
      { timeoutMs: 60_000, everyMs: 10 },
    );
  }
  private client!: Client;

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
    await this.client?.end();
    await (await this.database).drop();
  }
}
