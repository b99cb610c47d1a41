import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ObjectKind } from './stored-object.entity.js';

/** An object that a backup needs. */
export interface OwnedObject {
  kind: ObjectKind;
  /** Bytes. */
  size: number;
  /** Null where nobody has noted it. */
  sha256: string | null;
}

/** To whom objects belong, for those who may touch only what is their own. */
@Injectable()
export class ObjectOwners {
  constructor(private readonly orm: MikroORM) {}

  /** Those of the keys that backups of the site need: manifests, and the bundles that these point into. */
  async ofSite(siteId: string, keys: readonly string[]): Promise<Map<string, OwnedObject>> {
    return this.owned('b.site_id = ?', siteId, keys);
  }

  /** Those of the keys that the backup needs. */
  async ofBackup(backupId: string, keys: readonly string[]): Promise<Map<string, OwnedObject>> {
    return this.owned('b.id = ?', backupId, keys);
  }

  private async owned(whose: string, id: string, keys: readonly string[]): Promise<Map<string, OwnedObject>> {
    if (keys.length === 0) return new Map();
    const marks = keys.map(() => '?').join(', ');
    const rows = await this.orm.em
      .fork()
      .execute<{ key: string; kind: ObjectKind; size: number; sha256: string | null }[]>(
        `select o.key, o.kind, o.size::float8 as size,
            (select min(s.sha256) from stored_object s where s.key = o.key) as sha256
          from (
            select r.bundle_key as key, 'bundle' as kind, r.size from backup_bundle r join backup b on b.id = r.backup_id
              where ${whose} and r.bundle_key in (${marks})
            union
            select b.manifest_key, 'manifest', b.manifest_size from backup b where ${whose} and b.manifest_key in (${marks})) o`,
        [id, ...keys, id, ...keys],
      );
    return new Map(rows.map(({ key, ...object }) => [key, object]));
  }
}
