import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { Page } from '../../src/cli/api-types.js';
import { TestMaster } from '../../test/support/master.js';
import { until } from '../../test/support/scratch.js';
import type { Workshop } from '../workshop.js';
import { LoadProcess } from './load/load.js';

/** As a node of default settings. */
const JOBS_AT_ONCE = 2;
/** Between asking for tokens and using them. */
const TOKENS_AT_ONCE = 20;

export interface Scale {
  nodes: number;
  /** On the nodes in turn. */
  sites: number;
  stageMs: number;
  /** Between calls of the API. */
  callEveryMs: number;
}

/** Masters behind one database, and simulated nodes with sites. */
export class Installation {
  readonly masters: TestMaster[] = [];
  /** How many nodes joined within a second. */
  joinedPerSecond = 0;
  nodes = 0;
  sites = 0;
  private scheduleId: string | null = null;

  private constructor(
    private readonly folder: string,
    private readonly env: Record<string, string>,
    readonly load: LoadProcess,
    readonly database: Client,
    readonly scale: Scale,
    first: TestMaster,
  ) {
    this.masters.push(first);
  }

  /** A master with an empty database (its own PostgreSQL, in a quick bench one on a server that runs), and no node yet. */
  static async start(shop: Workshop, scale: Scale): Promise<Installation> {
    const folder = shop.folder('nodes');
    const shared = await shop.toolbox.how.databaseUrl?.();
    const env: Record<string, string> = {
      BACKUPD_SECRET_KEY: randomBytes(32).toString('base64'),
      ...(shared === undefined ? {} : { BACKUPD_DATABASE_URL: shared }),
    };
    const dataDir = join(folder, 'master-1');
    const first = await TestMaster.start({ dataDir, env });
    const url = shared ?? ownDatabaseOf(dataDir);
    const database = new Client({ connectionString: url, application_name: 'bench' });
    await database.connect();
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    const load = LoadProcess.start({ urls: [first.url], version, jobsAtOnce: JOBS_AT_ONCE, stageMs: scale.stageMs });
    return new Installation(folder, { ...env, BACKUPD_DATABASE_URL: url }, load, database, scale, first);
  }

  /** One more master on the same database; requests of nodes go to all in turn. */
  async addMaster(): Promise<void> {
    const dataDir = join(this.folder, `master-${this.masters.length + 1}`);
    this.masters.push(await TestMaster.start({ dataDir, env: this.env }));
    await this.load.call(
      'use',
      this.masters.map(({ url }) => url),
    );
  }

  /** Hosts become nodes with one-time tokens, and get sites. The sites' rows are written: registering is a task that a real agent does. */
  async grow(nodes: number, sites: number): Promise<void> {
    const { api } = this.first;
    const begin = performance.now();
    const ids: string[] = [];
    while (ids.length < nodes) {
      const count = Math.min(nodes - ids.length, TOKENS_AT_ONCE);
      const made = await Promise.all(
        Array.from({ length: count }, () => api.post<{ token: string }>('/nodes/tokens', { expiresInMinutes: 60 })),
      );
      const tokens = made.map(({ token }) => token);
      ids.push(...(await this.load.call('join', tokens)));
    }
    this.joinedPerSecond = nodes / ((performance.now() - begin) / 1000);
    await this.addSites(ids, sites);
    this.nodes += nodes;
    this.sites += sites;
    await until('all nodes to be online', async () => (await this.online()) === this.nodes, { timeoutMs: 120_000 });
  }

  async online(): Promise<number> {
    const { rows } = await this.database.query<{ online: number }>(
      `select count(*)::int as online from node where health = 'online'`,
    );
    return rows[0]?.online ?? 0;
  }

  /** All sites are due at this minute, each late by up to so many seconds: when each of them is, by its id. */
  async schedule(at: Date, jitterSeconds: number): Promise<Map<string, Date>> {
    const expression = `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
    const input = { rhythm: { every: 'cron', expression }, timeZone: 'UTC', jitterSeconds };
    const { api } = this.first;
    if (this.scheduleId === null) {
      const made = await api.post<{ id: string }>('/schedules', { kind: 'backup', scope: 'all', ...input });
      this.scheduleId = made.id;
    } else {
      const { status, body } = await api.call('PATCH', `/schedules/${this.scheduleId}`, input);
      if (status !== 200) throw new Error(JSON.stringify(body));
    }
    return until(
      'the schedule to hold for all sites',
      async () => {
        const { rows } = await this.database.query<{ site_id: string; due_at: Date }>(
          `select s.site_id, s.due_at from schedule_state s join site on site.id = s.site_id where s.next_slot = $1`,
          [at],
        );
        return rows.length === this.sites ? new Map(rows.map((row) => [row.site_id, row.due_at])) : null;
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
  }

  /** The same at once, for a bench that can't wait for a minute to come: the slot before last is made up for. */
  async hurry(): Promise<Map<string, Date>> {
    const { rows } = await this.database.query<{ site_id: string; due_at: Date }>(
      `update schedule_state s set next_slot = date_trunc('minute', now()) - interval '1 day', due_at = now()
        from site where site.id = s.site_id returning s.site_id, s.due_at`,
    );
    return new Map(rows.map((row) => [row.site_id, row.due_at]));
  }

  get first(): TestMaster {
    const [first] = this.masters;
    if (first === undefined) throw new Error('no master runs');
    return first;
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.database.end();
    // The first one has the database.
    for (const master of this.masters.toReversed()) await master.remove();
  }

  private async addSites(nodeIds: readonly string[], count: number): Promise<void> {
    const { items } = await this.first.api.get<Page<{ id: string }>>('/storage');
    if (items.length === 0) throw new Error('the master has no storage');
    const rows = Array.from({ length: count }, (_, index) => {
      const node = nodeIds[index % nodeIds.length];
      return { id: randomUUID(), node, name: `site${index}.example`, index };
    });
    await this.database.query(
      `insert into site (id, name, path, node_id, module, settings, excludes, overrides, created_at, updated_at)
        select id, name, '/var/www/site' || index, node, 'wordpress', '{}', '[]', '{}', now(), now()
          from jsonb_to_recordset($1::jsonb) as r (id uuid, node uuid, name text, index int)`,
      [JSON.stringify(rows)],
    );
  }
}

/** How to reach the PostgreSQL that a master runs: its socket lies in the cluster's folder, or where its path is short enough. */
function ownDatabaseOf(dataDir: string): string {
  const cluster = join(dataDir, 'postgres');
  const socketDir = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[4]?.trim() ?? '';
  return `postgresql://backupd@localhost/backupd?host=${encodeURIComponent(resolve(cluster, socketDir))}`;
}
