import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';

type Handler = (payload: string) => void;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;

/**
 * One connection that listens for PostgreSQL notifications. When it breaks it is made again, and every handler is called
 * with an empty payload, since something may have been missed.
 */
@Injectable()
export class PgListener implements OnApplicationShutdown {
  private readonly logger = new Logger('events');
  private readonly handlers = new Map<string, Set<Handler>>();
  private client: Client | null = null;
  private connecting: Promise<void> | null = null;
  private retry: NodeJS.Timeout | null = null;
  private retryMs = FIRST_RETRY_MS;
  private stopped = false;

  constructor(private readonly orm: MikroORM) {}

  /** Calls the handler for each notification on the channel. The channel's name is a plain SQL identifier. */
  async listen(channel: string, handler: Handler): Promise<void> {
    const known = this.handlers.get(channel);
    if (known !== undefined) {
      known.add(handler);
      return;
    }
    this.handlers.set(channel, new Set([handler]));
    if (this.client === null) await this.connect();
    else await this.client.query(`listen ${channel}`);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.retry !== null) clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private connect(): Promise<void> {
    this.connecting ??= this.tryToConnect().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async tryToConnect(): Promise<void> {
    const client = new Client({
      connectionString: databaseUrlOf(this.orm),
      application_name: 'backupd-listener',
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => this.call(channel, payload ?? ''));
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, null));
    try {
      await client.connect();
      this.client = client;
      for (const channel of this.handlers.keys()) await client.query(`listen ${channel}`);
      this.retryMs = FIRST_RETRY_MS;
      for (const channel of this.handlers.keys()) this.call(channel, '');
    } catch (error) {
      this.client = client;
      this.lost(client, error);
    }
  }

  private lost(client: Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    this.logger.warn(
      `Notifications of the database are interrupted: ${error instanceof Error ? error.message : 'closed'}`,
    );
    this.retry = setTimeout(() => void this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  private call(channel: string, payload: string): void {
    for (const handler of this.handlers.get(channel) ?? []) handler(payload);
  }
}

/** The URL the ORM was configured with; what needs connections of its own uses the same. */
export function databaseUrlOf(orm: MikroORM): string {
  const options = orm.config.get('driverOptions');
  const url: unknown = options !== undefined && 'connectionString' in options ? options['connectionString'] : undefined;
  if (typeof url !== 'string') throw new Error('The ORM was not given a connection string.');
  return url;
}
