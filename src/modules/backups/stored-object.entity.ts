import { defineEntity, p } from '@mikro-orm/core';

export const ObjectKind = { Bundle: 'bundle', Manifest: 'manifest' } as const;
export type ObjectKind = (typeof ObjectKind)[keyof typeof ObjectKind];

export const ObjectState = { Present: 'present', Damaged: 'damaged', Missing: 'missing' } as const;
export type ObjectState = (typeof ObjectState)[keyof typeof ObjectState];

/** Which check last read all bytes of an object. */
export const ReadBy = { Verify: 'verify', Ledger: 'ledger', Repair: 'repair' } as const;
export type ReadBy = (typeof ReadBy)[keyof typeof ReadBy];

/** What the catalogue knows of one object on one provider: what it must be, and when it was last read back (the ledger). */
export const StoredObjectSchema = defineEntity({
  name: 'StoredObject',
  tableName: 'stored_object',
  indexes: [
    {
      name: 'stored_object_in_key_order',
      // Byte order, as storages list.
      expression: 'create index stored_object_in_key_order on stored_object (provider_id, key collate "C")',
    },
    {
      name: 'stored_object_oldest_read',
      expression: 'create index stored_object_oldest_read on stored_object (provider_id, read_at nulls first)',
    },
    { properties: ['siteId'] },
    { properties: ['key'] },
  ],
  properties: {
    providerId: p.uuid().primary(),
    key: p.text().primary(),
    kind: p.enum(() => ObjectKind),
    siteId: p.uuid(),
    size: p.bigint('number'),
    /** Of the whole object; null only for bundles of a catalogue from before this table, until a check has read the manifest. */
    sha256: p.text().nullable(),
    state: p.enum(() => ObjectState),
    /** When all its bytes were last read back and were right. */
    readAt: p.datetime(3).nullable(),
    readBy: p.enum(() => ReadBy).nullable(),
    /** When the provider last listed it, or told its size. */
    seenAt: p.datetime(3).nullable(),
    /** Since when it is known to be damaged or missing. */
    damagedAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
  },
});

export class StoredObject extends StoredObjectSchema.class {}
StoredObjectSchema.setClass(StoredObject);
