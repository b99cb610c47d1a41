import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { EventLog, type EventType } from '../events/index.js';
import { MASTER_HOST, SeenSite } from './schedule.entity.js';
import type { Found, WatchedHost } from './watch-disk.js';

/** What is told of a site. */
export interface SiteNews {
  type: EventType;
  siteId: string | null;
  message: string;
  from?: string;
  /** Its record there goes. */
  left?: string;
}

/** What scheduled scans saw, and telling of it. */
@Injectable()
export class SeenSites {
  constructor(
    private readonly orm: MikroORM,
    private readonly events: EventLog,
  ) {}

  /** What was seen on the host, by path. */
  async of(host: WatchedHost): Promise<Map<string, SeenSite>> {
    const rows = await this.orm.em.fork().find(SeenSite, { nodeId: keyOf(host) });
    return new Map(rows.map((site) => [site.path, site]));
  }

  /** The row and what is told of it, in one transaction: so it is told once. */
  async write(
    host: WatchedHost,
    site: Omit<Found, 'ownerUid'> & { ownerUid: number | null },
    movedFrom: string | null,
    news: SiteNews | null,
  ): Promise<void> {
    const { path, module, name, identity, ownerUid, database } = site;
    const nodeId = keyOf(host);
    const now = new Date().toISOString();
    await this.orm.em.fork().transactional(async (em) => {
      await em.execute(
        `insert into seen_site (node_id, path, module, name, identity, owner_uid, database, moved_from, found_at, last_seen_at)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          on conflict (node_id, path) do update set module = excluded.module, name = excluded.name, identity = excluded.identity,
            owner_uid = excluded.owner_uid,
            database = excluded.database, last_seen_at = excluded.last_seen_at, vanished_at = null,
            moved_from = coalesce(excluded.moved_from, seen_site.moved_from),
            found_at = case when seen_site.vanished_at is null then seen_site.found_at else excluded.found_at end`,
        [nodeId, path, module, name, identity, ownerUid, database, movedFrom, now, now],
      );
      if (news === null) return;
      const { type, siteId, message, from, left } = news;
      if (left !== undefined) await em.nativeDelete(SeenSite, { nodeId, path: left });
      const data = { path, name, module, message, ...hostIn(host), ...(from === undefined ? {} : { from }) };
      await this.events.append(em, [{ jobId: null, siteId, type, data }], new Date());
    });
  }

  /** The same of what is not there any more. */
  async vanished(
    host: WatchedHost,
    path: string,
    before: SeenSite | undefined,
    { name, siteId, message }: { name: string; siteId: string | null; message: string },
  ): Promise<void> {
    const now = new Date();
    await this.orm.em.fork().transactional(async (em) => {
      await em.upsert(SeenSite, {
        nodeId: keyOf(host),
        path,
        module: before?.module ?? 'unknown',
        name,
        identity: before?.identity ?? '',
        ownerUid: before?.ownerUid ?? null,
        database: before?.database ?? null,
        movedFrom: null,
        foundAt: before?.foundAt ?? now,
        lastSeenAt: before?.lastSeenAt ?? now,
        vanishedAt: now,
      });
      const data = { path, name, message, ...hostIn(host) };
      await this.events.append(em, [{ jobId: null, siteId, type: 'site.vanished', data }], now);
    });
  }
}

const keyOf = ({ nodeId }: WatchedHost): string => nodeId ?? MASTER_HOST;
const hostIn = ({ nodeId, name }: WatchedHost): object => (nodeId === null ? {} : { nodeId, nodeName: name });
