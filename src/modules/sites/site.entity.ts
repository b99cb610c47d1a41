import { defineEntity, p } from '@mikro-orm/core';
import type { SiteDescription, SiteDestinations } from '../../engine/ports/index.js';

/** An override as it is kept: in the clear, or sealed when it is a secret. */
export type StoredOverride = { value: string } | { sealed: string };

/** Which backups of a site are kept; see RetentionPolicyDto. */
export interface SiteRetention {
  keepLast?: number;
  hourly?: number;
  daily?: number;
  weekly?: number;
  monthly?: number;
  yearly?: number;
  keepWithin?: string;
  timeZone?: string;
}

/** From which fall on, in percent of the backup before, a backup raises an alarm; 0 = never. */
export interface SiteAlarms {
  sizePercent?: number;
  filesPercent?: number;
  rowsPercent?: number;
}

/** Something backed up on one host, with a module and that module's settings. */
export const SiteSchema = defineEntity({
  name: 'Site',
  tableName: 'site',
  uniques: [
    {
      name: 'site_path_unique_per_node',
      // Null = this host; two nulls are the same host.
      expression: 'create unique index site_path_unique_per_node on site (node_id, path) nulls not distinct',
    },
  ],
  indexes: [{ properties: ['name'] }],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    url: p.text().nullable(),
    /** Absolute real path on its host. */
    path: p.text(),
    /** The host it is on; null = the master's own. */
    nodeId: p.uuid().nullable(),
    module: p.text(),
    /** The id a caller of the original `/daemon` interface uses for this site, where it is not ours. */
    externalId: p.text().nullable().unique(),
    settings: p.json<Record<string, unknown>>(),
    excludes: p.json<string[]>(),
    overrides: p.json<Record<string, StoredOverride>>(),
    /** Words of the administrator's own by which schedules, hooks and notifications choose sites; lower case, sorted. */
    labels: p.json<string[]>().defaultRaw(`'[]'::jsonb`),
    /** IANA name; null = the installation's. */
    timeZone: p.text().nullable(),
    paused: p.boolean().default(false),
    /** Null = the default providers. */
    destinations: p.json<SiteDestinations>().nullable(),
    /** The site's own limits for alarms; null = the installation's. */
    alarms: p.json<SiteAlarms>().nullable(),
    /** The site's own retention policy; null = the default one. */
    retention: p.json<SiteRetention>().nullable(),
    /** What the module found out when it last looked; no secrets. */
    description: p.json<SiteDescription>().nullable(),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class Site extends SiteSchema.class {}
SiteSchema.setClass(Site);
