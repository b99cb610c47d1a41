import type { Content } from './site-module.js';
import type { SimDatabase } from './database.js';
import type { SimStorage } from './storage.js';

const TABLES = ['job', 'backup', 'backup_bundle', 'backup_copy', 'stored_object'];

/**
 * What a few good days have left: backups that share bundles, in both storages. Many seeds begin with it, as making it again would take
 * longer than all the rest.
 */
export class History {
  private objects: Map<string, { bytes: Buffer; modifiedAt: Date }>[] = [];
  private made: ReadonlyMap<string, Content> = new Map();

  constructor(private readonly database: SimDatabase) {}

  async keep(storages: readonly SimStorage[], made: ReadonlyMap<string, Content>): Promise<void> {
    this.objects = storages.map(({ objects }) => new Map(objects));
    this.made = new Map(made);
    await this.database.script(TABLES.map((table) => `create table past_${table} as select * from ${table}`));
  }

  /** Into emptied tables and storages. */
  async bringBack(storages: readonly SimStorage[], made: Map<string, Content>): Promise<void> {
    await this.database.script(TABLES.map((table) => `insert into ${table} select * from past_${table}`));
    for (const [index, { objects }] of storages.entries())
      for (const [key, object] of this.objects[index] ?? []) objects.set(key, object);
    for (const [hash, content] of this.made) made.set(hash, content);
  }
}
