import { Injectable } from '@nestjs/common';
import type { Client, QueryResultRow } from 'pg';
import { AppConfig } from '../../config/index.js';
import { connect } from '../../database/index.js';
import { mirrorBusy } from './mirror.errors.js';

/** A connection to the database for one work. */
export class SqlSession {
  constructor(private readonly client: Client) {}

  async rows<Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(sql, [...values])).rows;
  }

  /** Committed when the work ends well, else rolled back. */
  async transaction<T>(mode: string, work: () => Promise<T>): Promise<T> {
    await this.client.query(`begin ${mode}`);
    try {
      const result = await work();
      await this.client.query('commit');
      return result;
    } catch (error) {
      // Where the connection is gone, so is the transaction.
      await this.client.query('rollback').catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Connections of the mirror's own: it holds them while it waits for D1, which those of the ORM's pool are too few for; and one that
 * breaks within a transaction is never given back to that pool.
 */
@Injectable()
export class SqlSessions {
  constructor(private readonly config: AppConfig) {}

  /** Errors: DATABASE_UNREACHABLE. */
  async open<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    const client = await connect(this.config.databaseUrl ?? '', 0);
    try {
      // The form of times in JSON must not depend on the server's settings; a slow mirror must not end a transaction.
      await client.query(`set timezone to 'UTC'; set idle_in_transaction_session_timeout to 0`);
      return await work(new SqlSession(client));
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /**
   * The same with the mirror's lock: one work with it at a time, over all masters of the database. It is the working connection's
   * own, so neither outlives the other. Error: MIRROR_BUSY.
   */
  hold<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.open(async (session) => {
      const [row] = await session.rows<{ ok: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('backupd:mirror', 0)) as ok`,
      );
      if (row?.ok !== true) throw mirrorBusy();
      return work(session);
    });
  }
}
