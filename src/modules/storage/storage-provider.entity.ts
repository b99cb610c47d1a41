import { defineEntity, p } from '@mikro-orm/core';

/** A configured place for bundles: a driver's kind, its settings, its sealed credentials. */
export const StorageProviderSchema = defineEntity({
  name: 'StorageProvider',
  tableName: 'storage_provider',
  uniques: [
    {
      name: 'storage_provider_one_default',
      expression: 'create unique index storage_provider_one_default on storage_provider (is_default) where is_default',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    kind: p.text(),
    /** Settings without the secret ones. */
    settings: p.json<Record<string, unknown>>(),
    /** The secret settings as sealed JSON; null when there are none. */
    sealedSecrets: p.text().nullable(),
    isDefault: p.boolean().default(false),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class StorageProvider extends StorageProviderSchema.class {}
StorageProviderSchema.setClass(StorageProvider);
