import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import type { UsageDto } from './dto/quota.dto.js';
import { NEAR_PERCENT, RESERVATION_COUNTS } from './quota-ledger.js';
import { type OverQuota, QuotaScope } from './quota.entity.js';

interface Row {
  subject_id: string | null;
  name: string | null;
  bytes: string;
  objects: string;
  reserved: string;
  quota: string | null;
  over: OverQuota | null;
  total: string;
}

/** Whom bytes count for, and who there is. Sites that were forgotten count as long as they have something stored. */
const SUBJECTS: Readonly<Record<QuotaScope, { of: string; all: string }>> = {
  site: {
    of: 'c.site_id',
    all: `select id, name from site union all
      select distinct on (b.site_id) b.site_id, b.site_name from backup b
        where not exists (select 1 from site s where s.id = b.site_id) order by 1`,
  },
  node: {
    of: '(select s.node_id from site s where s.id = c.site_id)',
    all: `select h.id, n.name from (select distinct node_id as id from site union select null
      union select subject_id from quota where scope = 'node' union select id from node) h left join node n on n.id = h.id`,
  },
  provider: { of: 'c.provider_id', all: 'select id, name from storage_provider' },
};

/** Quotas are set by hand: there are not more. */
const MOST = 100_000;

/** What is stored, by site, node or provider, as the catalogue knows it. */
@Injectable()
export class UsageService {
  constructor(private readonly orm: MikroORM) {}

  /** What has used up so many percent of its quota or more. */
  async near(percent: number): Promise<(UsageDto & { scope: QuotaScope })[]> {
    const set = await this.orm.em
      .fork()
      .execute<{ scope: QuotaScope }[]>('select distinct scope from quota order by scope');
    const found: (UsageDto & { scope: QuotaScope })[] = [];
    for (const { scope } of set) {
      const { items } = await this.list(scope, { limit: MOST, offset: 0 }, 'where q.bytes is not null');
      found.push(...items.flatMap((item) => ((item.percent ?? 0) >= percent ? [Object.assign(item, { scope })] : [])));
    }
    return found;
  }

  /** The largest first. */
  async list(scope: QuotaScope, { limit, offset }: PageQueryDto, where = ''): Promise<Page<UsageDto>> {
    const { of, all } = SUBJECTS[scope];
    // What a forgotten site has stored is nobody's host.
    const known = scope === QuotaScope.Node ? 'where exists (select 1 from site s where s.id = c.site_id)' : '';
    const rows = await this.orm.em.fork().execute<Row[]>(
      `with counted as (
          select o.site_id, o.provider_id, o.size, false as reserved from stored_object o where o.state <> 'missing'
          union all
          select r.site_id, r.provider_id, r.bytes, true from quota_reservation r where ${RESERVATION_COUNTS}),
        used as (
          select ${of} as id, coalesce(sum(c.size) filter (where not c.reserved), 0) as bytes,
              count(*) filter (where not c.reserved) as objects,
              coalesce(sum(c.size) filter (where c.reserved), 0) as reserved
            from counted c ${known} group by 1),
        subject as (${all})
      select s.id as subject_id, s.name, coalesce(u.bytes, 0)::text as bytes, coalesce(u.objects, 0)::text as objects,
          coalesce(u.reserved, 0)::text as reserved, q.bytes::text as quota, q.over, count(*) over ()::text as total
        from subject s left join used u on u.id is not distinct from s.id
          left join quota q on q.scope = ? and q.subject_id is not distinct from s.id
        ${where}
        order by coalesce(u.bytes, 0) desc, s.id nulls first limit ? offset ?`,
      [scope, limit, offset],
    );
    return { items: rows.map(toDto), total: Number(rows[0]?.total ?? 0), limit, offset };
  }
}

function toDto(row: Row): UsageDto {
  const bytes = Number(row.bytes);
  const reservedBytes = Number(row.reserved);
  const quotaBytes = row.quota === null ? null : Number(row.quota);
  const percent = quotaBytes === null ? null : percentOf(bytes + reservedBytes, quotaBytes);
  return {
    subjectId: row.subject_id,
    name: row.name,
    bytes,
    objects: Number(row.objects),
    reservedBytes,
    quotaBytes,
    over: row.over,
    percent,
    near: percent !== null && percent >= NEAR_PERCENT,
  };
}

/** Of a quota of nothing all is used. Rounded down: 100 is full. */
function percentOf(bytes: number, quota: number): number {
  return quota === 0 ? 100 : Math.floor((bytes / quota) * 1000) / 10;
}
