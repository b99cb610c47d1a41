import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import type { DiscoveredSiteEntryDto } from './dto/schedule.dto.js';
import { MASTER_HOST } from './schedule.entity.js';

interface Row {
  node_id: string;
  node_name: string | null;
  path: string;
  module: string;
  name: string;
  moved_from: string | null;
  site_id: string | null;
  found_at: string;
  last_seen_at: string;
  vanished_at: string | null;
  total: number;
}

/** What scheduled scans have seen and somebody should look at. */
@Injectable()
export class DiscoveredSites {
  constructor(private readonly orm: MikroORM) {}

  /** Sites on disk that are not registered, and registered ones that are gone; by path. */
  async list({ limit, offset }: PageQueryDto): Promise<Page<DiscoveredSiteEntryDto>> {
    const rows = await this.orm.em.fork().execute<Row[]>(
      `select s.node_id, n.name as node_name, s.path, s.module, s.name, s.moved_from, coalesce(here.id, before.id) as site_id, s.found_at, s.last_seen_at,
          s.vanished_at, count(*) over ()::int as total
         from seen_site s
         left join node n on n.id = s.node_id
         left join site here on here.path = s.path and coalesce(here.node_id, ?) = s.node_id
         left join site before on before.path = s.moved_from and coalesce(before.node_id, ?) = s.node_id
        where (s.vanished_at is null) = (here.id is null) and (n.id is not null or s.node_id = ?)
        order by s.path, s.node_id limit ? offset ?`,
      [MASTER_HOST, MASTER_HOST, MASTER_HOST, limit, offset],
    );
    const items = rows.map((row) => ({
      path: row.path,
      nodeId: row.node_id === MASTER_HOST ? null : row.node_id,
      nodeName: row.node_name,
      module: row.module,
      name: row.name,
      state: stateOf(row),
      movedFrom: row.moved_from,
      siteId: row.site_id,
      foundAt: new Date(row.found_at).toISOString(),
      lastSeenAt: new Date(row.last_seen_at).toISOString(),
      vanishedAt: row.vanished_at === null ? null : new Date(row.vanished_at).toISOString(),
    }));
    return { items, total: rows[0]?.total ?? 0, limit, offset };
  }
}

function stateOf({ vanished_at: vanishedAt, moved_from: movedFrom }: Row): DiscoveredSiteEntryDto['state'] {
  if (vanishedAt !== null) return 'vanished';
  return movedFrom === null ? 'new' : 'moved';
}
