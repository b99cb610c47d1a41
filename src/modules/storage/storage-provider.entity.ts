import { defineEntity, p } from '@mikro-orm/core';

/** A configured place for bundles: a driver's kind, its settings, its sealed credentials. */
export const StorageProviderSchema = defineEntity({
  name: 'StorageProvider',
  tableName: 'storage_provider',
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    kind: p.text(),
    /** Settings without the secret ones. */
    settings: p.json<Record<string, unknown>>(),
    /** The secret settings as sealed JSON; null when there are none. */
    sealedSecrets: p.text().nullable(),
    /** Whether sites without a list of their own store here. Several may be: then each backup has that many copies. */
    isDefault: p.boolean().default(false),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class StorageProvider extends StorageProviderSchema.class {}
StorageProviderSchema.setClass(StorageProvider);
