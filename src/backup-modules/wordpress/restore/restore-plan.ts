import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../../common/errors/index.js';
import type { RestoreStageContext } from '../../../engine/ports/index.js';
import { relativeWithin, type WordPressFacts } from '../backup/backup-files.js';
import { inspectWordPress } from '../discovery/index.js';
import type { WordPressInstall } from '../types.js';

/** What a restore will do, decided once from request, manifest and disk. */
export interface RestorePlan {
  /** Folder the files go to. */
  root: string;
  /** To where the site is registered. */
  isOriginal: boolean;
  /** The install that is there now; null when there is none. */
  present: WordPressInstall | null;
  facts: WordPressFacts;
  files: boolean;
  mysql: boolean;
  /** Path of the SQLite file below the root; null when there is none to restore. */
  sqlite: string | null;
  /** Chosen paths below the root; empty = everything. */
  paths: readonly string[];
  /** The wp-config.php one level above the root is part of the backup, and of this restore. */
  configAbove: boolean;
  /** Files of the backup that lie outside the root and stay where they are. */
  leftOut: readonly string[];
}

/** Throws RESTORE_NOTHING, RESTORE_DATABASE_TARGET_NEEDED. */
export async function planRestore(context: RestoreStageContext): Promise<RestorePlan> {
  const { request, source, site } = context;
  const facts = factsOf(source.header.facts, source.header.site.path);
  const isOriginal = request.targetPath === null;
  const present = await presentInstall(request.targetPath ?? site.path, context);
  const root = request.targetPath ?? originalRoot(site.path, present, facts);
  const { database } = source.header;
  const wantsDatabase = request.what !== 'files' && request.paths.length === 0;
  const files = request.what !== 'database';
  const mysql = wantsDatabase && database !== null && database.engine !== 'sqlite';
  const sqlite = wantsDatabase && database?.engine === 'sqlite' ? sqlitePath(database.file, facts.root) : null;
  if (!files && !mysql && sqlite === null) {
    throw new AppError({
      code: 'RESTORE_NOTHING',
      kind: 'usage',
      message: 'This backup has no database that could be restored there.',
      hint: 'Choose another backup, or restore its files.',
      retry: 'never',
    });
  }
  if (mysql && !isOriginal && request.targetDatabase === null) {
    throw new AppError({
      code: 'RESTORE_DATABASE_TARGET_NEEDED',
      kind: 'usage',
      message: 'A restore into another folder would load the dump over the live database of the site.',
      hint: 'Name another database (targetDatabase, --database), or restore the files only (what: "files", --only files).',
      retry: 'never',
    });
  }
  const above = `${dirname(facts.root)}/wp-config.php`;
  const configAbove = files && isOriginal && request.paths.length === 0 && facts.externalFiles.includes(above);
  return {
    root,
    isOriginal,
    present,
    facts,
    files,
    mysql,
    sqlite,
    paths: chosenPaths(request.paths, facts),
    configAbove,
    leftOut:
      files && request.paths.length === 0 ? facts.externalFiles.filter((file) => file !== above || !configAbove) : [],
  };
}

/** Absolute paths on disk that a restore of the files leaves as they are: backupd's own, nested sites, a live SQLite file. */
export function keptPaths(context: RestoreStageContext, plan: RestorePlan): string[] {
  const live = plan.sqlite === null && plan.present?.database?.engine === 'sqlite' ? plan.present.database.file : null;
  const sqlite = live === null ? [] : [live, ...sqliteCompanions(live)];
  return [...context.neverTouch, ...(plan.present?.nestedInstalls ?? []), ...sqlite];
}

/** The files SQLite keeps beside a database while it is in use. */
export function sqliteCompanions(file: string): string[] {
  return ['-wal', '-shm', '-journal'].map((suffix) => `${file}${suffix}`);
}

/** A backup of the content folder only is restored as chosen paths: the rest of the site stays. */
function chosenPaths(requested: readonly string[], facts: WordPressFacts): readonly string[] {
  if (requested.length > 0 || facts.scope === 'site') return requested;
  return [facts.contentDir, facts.configFile].filter((path) => path !== null);
}

async function presentInstall(path: string, context: RestoreStageContext): Promise<WordPressInstall | null> {
  if (!existsSync(path)) return null;
  try {
    return await inspectWordPress(path, { overrides: context.site.overrides });
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/**
 * Where the site's root is, or was. The manifest is believed about it only as far as the registered path lies in that root:
 * what stands in a storage must not choose a folder by itself.
 */
function originalRoot(registered: string, present: WordPressInstall | null, facts: WordPressFacts): string {
  if (present !== null) return present.root;
  const isPlausible =
    facts.registeredPath === registered &&
    relativeWithin(facts.root, registered) !== null &&
    facts.root.split('/').length > 2;
  return isPlausible ? facts.root : registered;
}

function sqlitePath(file: string | undefined, root: string): string | null {
  return file === undefined ? null : relativeWithin(root, file);
}

/** Facts of the manifest, read with care: it comes from a storage. */
function factsOf(facts: Readonly<Record<string, unknown>>, root: string): WordPressFacts {
  const text = (name: string): string | null => (typeof facts[name] === 'string' ? facts[name] : null);
  const list = (name: string): string[] => {
    const value = facts[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  const layout = text('layout');
  return {
    registeredPath: text('registeredPath') ?? root,
    root: text('root') ?? root,
    layout: LAYOUTS.find((one) => one === layout) ?? 'standard',
    scope: text('scope') === 'wp-content' ? 'wp-content' : 'site',
    abspath: text('abspath'),
    contentDir: text('contentDir'),
    configFile: text('configFile'),
    version: text('version'),
    multisite: facts['multisite'] === true,
    nestedInstalls: list('nestedInstalls'),
    externalFiles: list('externalFiles'),
    excludeTables: list('excludeTables'),
  };
}

const LAYOUTS: readonly WordPressFacts['layout'][] = [
  'standard',
  'config-above',
  'bedrock',
  'releases',
  'subdirectory',
];
