import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { invalidField, type Page, type PageQueryDto } from '../../common/http/index.js';
import { isId, newId } from '../../common/ids.js';
import { NodeDirectory } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';
import { StorageService } from '../storage/index.js';
import { Quota, QuotaScope, type OverQuota } from './quota.entity.js';
import { quotaNotFound } from './quota.errors.js';

/** How the master's own host is named where an id would stand. */
const OWN_HOST = 'self';

export interface NamedQuota {
  scope: QuotaScope;
  subjectId: string | null;
  name: string | null;
  bytes: number;
  over: OverQuota;
  updatedAt: Date;
}

/** The quotas that are set. */
@Injectable()
export class QuotasService {
  constructor(
    private readonly orm: MikroORM,
    private readonly sites: SitesService,
    private readonly storage: StorageService,
    private readonly nodes: NodeDirectory,
  ) {}

  async list({ limit, offset }: PageQueryDto): Promise<Page<NamedQuota>> {
    const em = this.orm.em.fork();
    const rows = await em.execute<
      {
        scope: QuotaScope;
        subject_id: string | null;
        name: string | null;
        bytes: string;
        over: OverQuota;
        updated_at: string;
      }[]
    >(
      `select q.scope, q.subject_id, coalesce(s.name, p.name, n.name) as name, q.bytes::text as bytes, q.over, q.updated_at
        from quota q left join site s on q.scope = 'site' and s.id = q.subject_id
          left join storage_provider p on q.scope = 'provider' and p.id = q.subject_id
          left join node n on q.scope = 'node' and n.id = q.subject_id
        order by q.scope, q.subject_id nulls first limit ? offset ?`,
      [limit, offset],
    );
    const items = rows.map((row) => ({
      scope: row.scope,
      subjectId: row.subject_id,
      name: row.name,
      bytes: Number(row.bytes),
      over: row.over,
      updatedAt: new Date(row.updated_at),
    }));
    return { items, total: await em.count(Quota), limit, offset };
  }

  /** Sets or replaces. Errors: REQUEST_INVALID, SITE_NOT_FOUND, STORAGE_NOT_FOUND, NODE_NOT_FOUND. */
  async set(scope: string, subject: string, { bytes, over }: { bytes: number; over: OverQuota }): Promise<NamedQuota> {
    const where = subjectOf(scope, subject);
    const name = await this.nameOf(where);
    const row = { ...where, id: newId(), bytes, over, updatedAt: new Date() };
    await this.orm.em.fork().execute(
      `insert into quota (id, scope, subject_id, bytes, over, updated_at) values (?, ?, ?, ?, ?, ?)
        on conflict (scope, subject_id) do update set bytes = excluded.bytes, over = excluded.over,
          updated_at = excluded.updated_at`,
      [row.id, row.scope, row.subjectId, bytes, over, row.updatedAt.toISOString()],
    );
    return { ...where, name, bytes, over, updatedAt: row.updatedAt };
  }

  /** No limit from now on. Errors: REQUEST_INVALID, QUOTA_NOT_FOUND. */
  async remove(scope: string, subject: string): Promise<void> {
    const removed = await this.orm.em.fork().nativeDelete(Quota, subjectOf(scope, subject));
    if (removed === 0) throw quotaNotFound();
  }

  private async nameOf({ scope, subjectId }: { scope: QuotaScope; subjectId: string | null }): Promise<string | null> {
    if (scope === QuotaScope.Site) return (await this.sites.get(subjectId ?? '')).name;
    if (scope === QuotaScope.Provider) return (await this.storage.get(subjectId ?? '')).name;
    return subjectId === null ? null : (await this.nodes.get(subjectId)).name;
  }
}

function subjectOf(scope: string, subject: string): { scope: QuotaScope; subjectId: string | null } {
  const known = Object.values(QuotaScope).find((each) => each === scope);
  if (known === undefined) throw invalidField('scope', 'scope must be site, node or provider');
  if (known === QuotaScope.Node && subject === OWN_HOST) return { scope: known, subjectId: null };
  if (!isId(subject)) {
    const orSelf = known === QuotaScope.Node ? `, or "${OWN_HOST}" for the master's own host` : '';
    throw invalidField('subject', `subject must be a UUID${orSelf}`);
  }
  return { scope: known, subjectId: subject.toLowerCase() };
}
