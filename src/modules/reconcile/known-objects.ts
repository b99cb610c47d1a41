import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isNeeded, type ObjectState } from '../backups/index.js';
import type { KnownObject } from './compare.js';
import { meaningOf } from './object-key.js';

const PAGE = 1000;

/** How the catalogue stands to an object that it did not know a moment ago. All of one instant. */
export interface Standing {
  key: string;
  /** It knows the object by now. */
  known: boolean;
  /** A backup with a copy on the provider needs it. */
  referenced: boolean;
  /** Its backup is made, checked or cleaned up after by a job. */
  ofJob: boolean;
  /** A job of its site is active. */
  siteBusy: boolean;
  /** Its backup is being deleted. */
  deleting: boolean;
}

/** What the catalogue says of objects, asked as often as it matters. */
@Injectable()
export class KnownObjects {
  constructor(private readonly orm: MikroORM) {}

  /** All of the provider, in byte order of their keys, a page at a time. */
  async *inKeyOrder(providerId: string): AsyncGenerator<KnownObject> {
    for (let after = ''; ;) {
      const rows = await this.orm.em.fork().execute<{ key: string; size: string; state: ObjectState }[]>(
        `select key, size, state from stored_object where provider_id = ? and key collate "C" > ?
          order by key collate "C" limit ${PAGE}`,
        [providerId, after],
      );
      for (const { key, size, state } of rows) yield { key, size: Number(size), state };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.key;
    }
  }

  async standingOf(
    providerId: string,
    keys: readonly string[],
    em: EntityManager = this.orm.em.fork(),
  ): Promise<Map<string, Standing>> {
    const asked = keys.map((key) => {
      const meaning = meaningOf(key);
      return {
        key,
        site_id: 'siteId' in meaning ? meaning.siteId : null,
        backup_id: 'backupId' in meaning ? meaning.backupId : null,
      };
    });
    const rows = await em.execute<
      { key: string; known: boolean; referenced: boolean; of_job: boolean; site_busy: boolean; deleting: boolean }[]
    >(
      `with asked as (select * from jsonb_to_recordset(?::jsonb) as a(key text, site_id uuid, backup_id uuid))
        select a.key,
          exists (select 1 from stored_object o where o.provider_id = ? and o.key = a.key) as known,
          ${isNeeded('a.key', '?', 'true')} as referenced,
          exists (select 1 from job j where j.backup_id = a.backup_id
              and (j.status in ('pending', 'running') or j.litter)) as of_job,
          exists (select 1 from job j where j.site_id = a.site_id and j.status in ('pending', 'running')) as site_busy,
          exists (select 1 from backup b where b.id = a.backup_id and b.deleting_at is not null) as deleting
        from asked a`,
      [JSON.stringify(asked), providerId, providerId],
    );
    return new Map(
      rows.map(({ of_job: ofJob, site_busy: siteBusy, ...row }) => [row.key, { ...row, ofJob, siteBusy }]),
    );
  }

  /** Whether it knows of anything of the site on the provider. */
  async hasSite(providerId: string, siteId: string, em: EntityManager): Promise<boolean> {
    const rows = await em.execute<unknown[]>(
      'select 1 from stored_object where site_id = ? and provider_id = ? limit 1',
      [siteId, providerId],
    );
    return rows.length > 0;
  }
}
