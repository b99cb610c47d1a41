import { MikroORM } from '@mikro-orm/postgresql';
import { Client, type Pool, type PoolClient } from 'pg';
import { ormOptions } from '../../../src/database/index.js';
import { runSql } from '../postgres.js';
import type { Waiting } from './queue.js';
import { running, type SimProcess, type World } from './world.js';

/** Emptied for each seed; sites, storages and settings stay. */
const TABLES = ['job_event', 'job', 'backup_bundle', 'backup_copy', 'backup', 'stored_object', 'sim_delivery'];

const WORTH_IT = /^\s*(?:select|insert|update|delete|with)/i;
/** Names in quotes and texts with escapes stay; other texts are values. */
const TEXTS = /"[^"]*"|E'(?:[^'\\]|''|\\.)*'|'((?:[^']|'')*)'/g;
const MOST_NAMES = 2000;

/** The queue's own table, as pg-boss has one: a site has one delivery at most. */
const SCHEMA = `create table sim_delivery (id uuid primary key, job_id uuid not null, site_id uuid not null unique,
  start_after timestamptz not null)`;

/**
 * The real PostgreSQL behind one connection. Whole transactions take turns, in the order of the seed; a process that dies in one
 * leaves nothing of it.
 */
export class SimDatabase {
  readonly orm: MikroORM;
  private pool: Pool | null = null;
  private real: PoolClient | null = null;
  private readonly beside: Client;
  private connect: (() => Promise<PoolClient>) | null = null;
  private readonly names = new Map<string, string | null>();
  /** Who is within a transaction. */
  private holder: Session | null = null;
  /** Told after each commit. */
  onCommit: () => void = () => undefined;

  constructor(readonly url: string) {
    this.beside = new Client({ connectionString: url });
    const onPoolCreated = (pool: Pool): void => {
      this.pool = pool;
      this.connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
      Object.assign(pool, { connect: async () => Promise.resolve(new Session(this)) });
    };
    const options = ormOptions(url);
    options.driverOptions = { connectionString: url, onPoolCreated };
    const orm: unknown = new MikroORM(options);
    if (!(orm instanceof MikroORM)) throw new Error('That is no ORM.');
    this.orm = orm;
  }

  async open(): Promise<void> {
    await runSql(this.url, SCHEMA);
    await this.beside.connect();
    await this.orm.em
      .fork()
      .execute('select 1')
      .catch(() => undefined);
    if (this.connect === null) throw new Error('The ORM has made no pool.');
    this.real = await this.connect();
    await this.real.query('set jit = off; set plan_cache_mode = force_generic_plan');
  }

  async close(): Promise<void> {
    await this.beside.end();
    this.real?.release();
    await this.pool?.end();
  }

  /** As nobody: for checks. Not within a transaction of a process. */
  async rows<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.send(sql, values)).rows as T[];
  }

  /** What others see now, also while a transaction is open. */
  async committed<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.beside.query(sql, values)).rows as T[];
  }

  /** Deliveries whose time has come. */
  async waiting(now: Date): Promise<Waiting[]> {
    return this.committed<Waiting>(
      'select id, job_id as "jobId" from sim_delivery where start_after <= $1 order by start_after, id',
      [now.toISOString()],
    );
  }

  /** Statements as nobody, in one go. */
  async script(statements: readonly string[]): Promise<void> {
    await this.client.query(statements.join(';'));
  }

  async empty(): Promise<void> {
    await this.script(TABLES.map((table) => `delete from ${table}`));
  }

  async truncate(): Promise<void> {
    await this.script([`truncate ${TABLES.join(', ')}`]);
  }

  /** What a dead process held is free. */
  async buried(process: SimProcess): Promise<void> {
    if (this.holder?.process !== process) return;
    this.holder = null;
    await this.client.query('rollback');
  }

  async query(
    session: Session,
    world: World,
    process: SimProcess,
    sql: string,
    values: readonly unknown[],
  ): Promise<unknown> {
    const isFree = (): boolean => this.holder === null || this.holder === session;
    if (sql === 'rollback' && (process.isDead || this.holder !== session)) return { rows: [], rowCount: 0 };
    const effect = async (): Promise<unknown> => {
      const ends = sql === 'commit' || sql === 'rollback';
      if (sql === 'begin') this.holder = session;
      try {
        return await this.send(sql, values);
      } finally {
        if (ends) this.holder = null;
        if (sql === 'commit') this.onCommit();
      }
    };
    return world.call(process, `sql ${shortSql(sql)}`, effect, isFree);
  }

  private get client(): PoolClient {
    if (this.real === null) throw new Error('The database is not open.');
    return this.real;
  }

  /** The ORM writes values into the text; taken out again, each kind of statement is planned once: that takes longer than all else. */
  async send(sql: string, values: readonly unknown[]): Promise<{ rows: unknown[] }> {
    if (values.length > 0 || !WORTH_IT.test(sql)) return this.client.query(sql, [...values]);
    const taken: string[] = [];
    const text = sql.replaceAll(TEXTS, (whole, content: string | undefined) => {
      if (content === undefined) return whole;
      taken.push(content.replaceAll("''", "'"));
      return `$${taken.length}`;
    });
    let name = this.names.get(text);
    if (name === undefined) {
      name = await this.nameFor(text);
      this.names.set(text, name);
    }
    return name === null ? this.client.query(sql) : this.client.query({ name, text, values: taken });
  }

  /** Null: PostgreSQL can't tell the type of some value. Asked beside, where it breaks no transaction. */
  private async nameFor(text: string): Promise<string | null> {
    if (this.names.size > MOST_NAMES) return null;
    const name = `sim${this.names.size}`;
    try {
      await this.beside.query(`prepare ${name} as ${text}`);
      return name;
    } catch {
      return null;
    }
  }
}

/** What the ORM takes for a connection. */
class Session {
  readonly process: SimProcess | null;

  constructor(private readonly database: SimDatabase) {
    this.process = running.getStore()?.process ?? null;
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<unknown> {
    const here = running.getStore();
    if (here === undefined) return this.database.send(sql, values);
    return this.database.query(this, here.world, here.process, sql, values);
  }

  release(): void {
    // Nothing is held.
  }
}

function shortSql(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim().slice(0, 60);
}
