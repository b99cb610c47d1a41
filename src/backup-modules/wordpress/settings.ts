import type { JsonSchema } from '../../engine/ports/index.js';

/** What a user can set for one WordPress site. Everything has a default. */
export interface WordPressSettings {
  /** `site`: the whole site root. `wp-content`: only the content folder (and wp-config.php). */
  scope: 'site' | 'wp-content';
  /** Whether the database is part of the backup. */
  database: boolean;
  /** Absolute folders or files outside the site root to take along, e.g. the target of a linked uploads folder. */
  extraPaths: readonly string[];
  /** Tables to leave out, by their full names. */
  excludeTables: readonly string[];
  /** Whether installs nested in this one (`/blog`) are part of its files. They are sites of their own otherwise. */
  includeNested: boolean;
  /** Whether the small default exclude list applies. */
  defaultExcludes: boolean;
  /** zstd level for text and dump, 1 to 19. */
  compressionLevel: number;
  /** After so many days the next backup reads every file again, also what looks unchanged; 0 = never. */
  rereadEveryDays: number;
  /** When visitors get WordPress's own maintenance page: never, while the database is dumped, or until dump and files are read. */
  maintenance: 'off' | 'database' | 'backup';
}

export const DEFAULT_SETTINGS: WordPressSettings = {
  scope: 'site',
  database: true,
  extraPaths: [],
  excludeTables: [],
  includeNested: false,
  defaultExcludes: true,
  compressionLevel: 3,
  rereadEveryDays: 0,
  maintenance: 'off',
};

export const SETTINGS_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    scope: {
      type: 'string',
      enum: ['site', 'wp-content'],
      default: DEFAULT_SETTINGS.scope,
      description: 'The whole site root, or only the content folder and wp-config.php.',
    },
    database: { type: 'boolean', default: true, description: 'Whether the database is part of the backup.' },
    extraPaths: {
      type: 'array',
      items: { type: 'string', pattern: '^/' },
      default: [],
      description: 'Absolute paths outside the site root to take along.',
    },
    excludeTables: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: [],
      description: 'Tables to leave out, by their full names.',
    },
    includeNested: {
      type: 'boolean',
      default: false,
      description: 'Whether installs nested in this one are part of its files.',
    },
    defaultExcludes: { type: 'boolean', default: true, description: 'Whether the default exclude list applies.' },
    compressionLevel: { type: 'integer', minimum: 1, maximum: 19, default: 3, description: 'zstd level.' },
    rereadEveryDays: {
      type: 'integer',
      minimum: 0,
      maximum: 3650,
      default: 0,
      description: 'After so many days the next backup reads every file again, also what looks unchanged; 0 = never.',
    },
    maintenance: {
      type: 'string',
      enum: ['off', 'database', 'backup'],
      default: DEFAULT_SETTINGS.maintenance,
      description:
        'Visitors get the maintenance page of WordPress: never; while the database is dumped; or until dump and files are read. What is not "off" also holds while a restore is swapped in.',
    },
  },
};

/** The settings of a site with defaults filled in. They were checked against the schema when they were saved. */
export function wordPressSettings(settings: Readonly<Record<string, unknown>>): WordPressSettings {
  return { ...DEFAULT_SETTINGS, ...settings };
}

/**
 * Left out by default, relative to the content folder: other tools' backups (they would be packed again with each run)
 * and page caches that are made anew. Anchored: a plug-in or upload folder of such a name elsewhere is kept.
 */
const DEFAULT_CONTENT_EXCLUDES = [
  'ai1wm-backups',
  'backups-dup-lite',
  'backups-dup-pro',
  'backup-db',
  'updraft',
  'upgrade-temp-backup',
  'cache',
  'et-cache',
  'litespeed',
  'uploads/backwpup-*-backups',
  'uploads/wp-clone',
  'uploads/snapshots',
];

/** The default excludes for a content folder at `/<contentPath>` below the root. */
export function defaultExcludes(contentPath: string): string[] {
  return DEFAULT_CONTENT_EXCLUDES.map((name) => `/${contentPath}/${name}`);
}
