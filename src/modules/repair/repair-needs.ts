import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { ObjectKind, ObjectState } from '../backups/index.js';

/** A copy that is not good and is to be. */
export interface NeededCopy {
  backupId: string;
  providerId: string;
}

/** An object that a backup needs, and what is known of it on the provider. */
export interface NeededObject {
  key: string;
  kind: ObjectKind;
  size: number;
  /** Null where nobody has noted it: old catalogues. */
  sha256: string | null;
  /** Null: nothing is known of it there. */
  state: ObjectState | null;
}

/** A site, as far as its backups tell, with the newest of them that needs a repair. */
export interface SiteInNeed {
  id: string;
  name: string;
  module: string;
  newestBackupId: string;
}

/** Kept backups with a copy that is not good on a provider that is in use. */
const IN_NEED = `from backup b join backup_copy c on c.backup_id = b.id join storage_provider p on p.id = c.provider_id
  where b.deleting_at is null and b.expires_at is null and c.state in ('missing', 'damaged') and p.enabled`;

/** What the catalogue says is to be repaired. */
@Injectable()
export class RepairNeeds {
  constructor(private readonly orm: MikroORM) {}

  /** The sites that need a repair. */
  async sites(): Promise<SiteInNeed[]> {
    return this.sitesWhere('', []);
  }

  /** The site, or null when it needs none. */
  async site(siteId: string): Promise<SiteInNeed | null> {
    return (await this.sitesWhere('and b.site_id = ?', [siteId]))[0] ?? null;
  }

  /** Its copies that are not good, those of the oldest backup first: later ones point into its bundles. */
  async copies(siteId: string): Promise<NeededCopy[]> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string; provider_id: string }[]>(
        `select b.id, c.provider_id ${IN_NEED} and b.site_id = ? order by b.started_at, b.id, c.provider_id`,
        [siteId],
      );
    return rows.map((row) => ({ backupId: row.id, providerId: row.provider_id }));
  }

  /** All that the backup needs on the provider: bundles, then the manifest. */
  async objects({ backupId, providerId }: NeededCopy): Promise<NeededObject[]> {
    return this.orm.em.fork().execute<NeededObject[]>(
      `select n.key, n.kind, n.size::float8 as size, o.state, n.sha256
          from backup_object n left join stored_object o on o.provider_id = ? and o.key = n.key
        where n.backup_id = ? order by n.kind, n.key`,
      [providerId, backupId],
    );
  }

  /** The bytes that a repair of the site has to copy. */
  async bytes(siteId: string): Promise<number> {
    const rows = await this.orm.em.fork().execute<{ bytes: number }[]>(
      `with copy as (select b.id, c.provider_id ${IN_NEED} and b.site_id = ?),
          needed as (select distinct c.provider_id, n.key, n.size from copy c join backup_object n on n.backup_id = c.id
            where n.backup_id = any(array(select id from copy)))
        select coalesce(sum(n.size), 0)::float8 as bytes from needed n
          left join stored_object o on o.provider_id = n.provider_id and o.key = n.key
        where o.state is null or o.state <> 'present'`,
      [siteId],
    );
    return rows[0]?.bytes ?? 0;
  }

  /** Providers that have the object whole, as far as is known; the one that was read back last comes first. */
  async providersOf(key: string): Promise<string[]> {
    const rows = await this.orm.em.fork().execute<{ provider_id: string }[]>(
      `select provider_id from stored_object where key = ? and state = 'present'
        order by read_at desc nulls last, provider_id`,
      [key],
    );
    return rows.map((row) => row.provider_id);
  }

  private async sitesWhere(condition: string, values: string[]): Promise<SiteInNeed[]> {
    const rows = await this.orm.em.fork().execute<{ site_id: string; site_name: string; module: string; id: string }[]>(
      `select distinct on (b.site_id) b.site_id, b.site_name, b.module, b.id ${IN_NEED} ${condition}
        order by b.site_id, b.started_at desc, b.id desc`,
      values,
    );
    return rows.map((row) => ({ id: row.site_id, name: row.site_name, module: row.module, newestBackupId: row.id }));
  }
}
