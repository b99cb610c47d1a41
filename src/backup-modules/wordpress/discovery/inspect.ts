import { lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, relative } from 'node:path';
import { AppError, errnoOf } from '../../../common/errors/index.js';
import type { SiteDatabase, WordPressInstall } from '../types.js';
import { evaluateConfig, type EvaluatedConfig } from '../wp-config/evaluate.js';
import { parseDbHost } from './db-host.js';
import { hasFile, locate, realOrNull, type Located } from './layout.js';
import { findNested } from './nested.js';
import { Settings } from './settings.js';

export interface InspectOptions {
  /** DB_NAME, DB_USER, DB_PASSWORD, DB_HOST, table_prefix, any other constant, or `env.NAME`; win over the site's own. */
  overrides?: Readonly<Record<string, string>>;
  /** Environment of the site's PHP, as far as known. */
  environment?: Readonly<Record<string, string>>;
  /** False skips the look for other installs inside the root. */
  nested?: boolean;
}

/** The install with what only discovery needs besides. Holds secrets. */
export interface Inspection {
  install: WordPressInstall;
  config: EvaluatedConfig;
  settings: Settings;
}

/** Debian keeps each host's configuration here. */
const CONFIG_PREFIXES = ['/etc/wordpress/'];

/**
 * Finds out everything about the WordPress install at a path, without running any of its PHP.
 * @throws AppError PATH_NOT_FOUND, PATH_NOT_READABLE or NOT_A_SITE (with the reason)
 */
export async function inspectWordPress(path: string, options: InspectOptions = {}): Promise<WordPressInstall> {
  return inspect(path, options).install;
}

export const notASite = (path: string, reason: string): AppError =>
  new AppError({
    code: 'NOT_A_SITE',
    kind: 'usage',
    message: `${path} is not WordPress: ${reason}.`,
    hint: 'Give the folder of a WordPress install: the one with wp-settings.php, or the project folder above it.',
    retry: 'never',
    context: { path, reason },
  });

/** Checks that a path is a folder that can be read. */
export function checkFolder(path: string): void {
  const absent = (): AppError =>
    new AppError({
      code: 'PATH_NOT_FOUND',
      kind: 'not-found',
      message: `There is no folder ${path}.`,
      hint: 'Check the path on the host that runs backupd.',
      context: { path },
    });
  if (!isAbsolute(path) || path.includes('\0')) throw absent();
  try {
    if (!statSync(path).isDirectory()) throw notASite(path, 'it is not a folder');
    readdirSync(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') throw absent();
    throw new AppError({
      code: 'PATH_NOT_READABLE',
      kind: 'precondition',
      message: `The folder ${path} can't be read (${code ?? 'error'}).`,
      hint: 'Run backupd as a user that may read it.',
      context: { path },
      cause: error,
    });
  }
}

export function inspect(path: string, options: InspectOptions): Inspection {
  checkFolder(path);
  const folder = normalize(path).replace(/(?<=.)\/+$/, '');
  const located = locate(folder);
  if (located === null) throw notASite(path, whyNot(folder));
  if (located.configFile === null)
    throw notASite(path, 'it has WordPress files but no wp-config.php, so it is not set up');
  return inspectLocated({ ...located, configFile: located.configFile }, options);
}

/** Which of the marks of WordPress are missing. */
export function whyNot(folder: string): string {
  const marks = ['wp-load.php', 'wp-settings.php', 'wp-includes/version.php'];
  const missing = marks.filter((name) => !hasFile(folder, name));
  return missing.length === marks.length
    ? 'it has none of wp-load.php, wp-settings.php and wp-includes/version.php'
    : `it lacks ${missing.join(' and ')}`;
}

function inspectLocated(located: Located & { configFile: string }, options: InspectOptions): Inspection {
  const { root, abspath, configFile, layout } = located;
  const overrides = options.overrides ?? {};
  const realRoot = realOrNull(root) ?? root;
  const realCore = realOrNull(abspath) ?? abspath;
  const owner = ownerOf(configFile);
  const config = evaluateConfig(configFile, {
    roots: [root],
    folders: [dirname(configFile)],
    allowedPrefixes: CONFIG_PREFIXES,
    ownerUid: owner,
    environment: { ...options.environment, ...environmentOf(overrides) },
    constants: { ABSPATH: `${realCore}/` },
    workingDir: located.webRoot,
  });
  const settings = new Settings(config, overrides, root);
  const warnings: string[] = [];
  const contentDir = findContentDir(located, settings, warnings);
  const mayUse = (path: string): boolean =>
    // What root's own configuration names is trusted; a tenant's may only name what is the tenant's.
    owner === 0 || isInside(realRoot, realOrNull(path) ?? path) || (owner !== null && ownerOf(path) === owner);
  const database = findDatabase(contentDir, realCore, settings, warnings, mayUse);
  const external = new Set<string>();
  // The evaluator checked its own reads; a link to someone else's configuration was refused there and is not packed either.
  for (const file of owner === null ? [] : [configFile, ...config.includedFiles]) {
    const real = realOrNull(file) ?? file;
    if (!isInside(realRoot, real)) external.add(real);
  }
  if (!isInside(realRoot, realOrNull(contentDir) ?? contentDir) && !isInside(root, contentDir)) {
    if (mayUse(contentDir)) external.add(contentDir);
    else warnings.push(`wp-content is set to ${contentDir}, which belongs to someone else: it is not backed up.`);
  }
  warnings.push(...linksOut(located, contentDir, realRoot));
  const isMultisite = settings.isDefined('MULTISITE')
    ? settings.isTrue('MULTISITE')
    : ['SUBDOMAIN_INSTALL', 'VHOST', 'SUNRISE'].some((name) => settings.isDefined(name));
  const install: WordPressInstall = {
    root,
    abspath,
    contentDir,
    layout,
    configFile,
    externalFiles: [...external],
    nestedInstalls: options.nested === false ? [] : findNested(root, abspath, contentDir),
    version: versionOf(abspath),
    multisite: isMultisite,
    database,
    unknown: settings.unknown,
    warnings,
  };
  if (config.problem !== null)
    install.warnings.push(`${basename(configFile)} ${config.problem.reason}: nothing of it could be evaluated.`);
  return { install, config, settings };
}

function environmentOf(overrides: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([name, value]): [string, string][] =>
      name.startsWith('env.') ? [[name.slice(4), value]] : [],
    ),
  );
}

/** Owner of what a path leads to; a link counts only when its maker owns the target too (or is root). Null otherwise. */
function ownerOf(path: string): number | null {
  try {
    const target = statSync(path);
    const link = lstatSync(path);
    return link.isSymbolicLink() && link.uid !== 0 && link.uid !== target.uid ? null : target.uid;
  } catch {
    return null;
  }
}

export const isInside = (root: string, path: string): boolean =>
  path === root || path.startsWith(root === '/' ? '/' : `${root}/`);

function findContentDir(located: Located, settings: Settings, warnings: string[]): string {
  const usual =
    located.layout === 'bedrock' || hasFile(located.root, 'config/application.php')
      ? join(located.webRoot, 'app')
      : join(located.abspath, 'wp-content');
  const before = settings.unknown.length;
  const set = settings.maybe('WP_CONTENT_DIR');
  if (set === undefined) return join(located.abspath, 'wp-content');
  if (set !== null && isAbsolute(set)) {
    // The site's own paths are real ones; show them as the root was given.
    const real = normalize(set).replace(/\/+$/, '');
    const realRoot = realOrNull(located.root) ?? located.root;
    return isInside(realRoot, real) ? join(located.root, relative(realRoot, real)) : real;
  }
  // The folder that is there is a fact of the disk, not a guess at the configuration.
  const [why = ''] = settings.unknown.splice(before);
  warnings.push(`The content folder is taken to be ${usual}. ${why}`.trim());
  return usual;
}

function findDatabase(
  contentDir: string,
  core: string,
  settings: Settings,
  warnings: string[],
  mayUse: (path: string) => boolean,
): SiteDatabase | null {
  const tablePrefix = settings.tablePrefix();
  if (usesSqlite(contentDir, settings)) {
    const file = sqliteFile(contentDir, core, settings);
    if (file === null || tablePrefix === null) return null;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) return settings.miss(`SQLite file: ${file} does not exist`);
    return mayUse(file)
      ? { engine: 'sqlite', file, tablePrefix }
      : settings.miss(`SQLite file: ${file} lies outside the site and belongs to someone else`);
  }
  if (hasFile(contentDir, 'db.php'))
    warnings.push(
      'A database drop-in (wp-content/db.php) is in use: tables on other servers than DB_HOST are not in the backup.',
    );
  const database = settings.need('DB_NAME');
  const user = settings.need('DB_USER');
  const password = settings.need('DB_PASSWORD');
  const address = settings.need('DB_HOST');
  const before = settings.unknown.length;
  const charset = settings.maybe('DB_CHARSET');
  // Not needed to reach the database.
  settings.unknown.length = before;
  const host = address === null ? null : parseDbHost(address);
  if (address !== null && host === null) settings.miss('DB_HOST: is not of a form that WordPress reads');
  if (tablePrefix === null || database === null || user === null || password === null || host === null) return null;
  if (database === '') return settings.miss('DB_NAME: is empty');
  return {
    engine: 'mysql',
    credentials: { ...host, user, password, database },
    tablePrefix,
    charset: charset === undefined || charset === null || charset === '' ? null : charset,
  };
}

function usesSqlite(contentDir: string, settings: Settings): boolean {
  const dropIn = join(contentDir, 'db.php');
  if (!hasFile(contentDir, 'db.php')) return false;
  const engine = settings.maybe('DB_ENGINE') ?? settings.maybe('DATABASE_ENGINE');
  if (typeof engine === 'string') return engine.toLowerCase() === 'sqlite';
  try {
    return statSync(dropIn).size < 1 << 20 && /sqlite/i.test(readFileSync(dropIn, 'latin1'));
  } catch {
    return false;
  }
}

/** As the SQLite integration plugin finds it: FQDB, else FQDBDIR or DB_DIR with DB_FILE, else the default. */
function sqliteFile(contentDir: string, core: string, settings: Settings): string | null {
  const whole = settings.maybe('FQDB');
  if (whole === null) return null;
  if (whole !== undefined) return absolute(whole, core);
  const folder = settings.maybe('FQDBDIR') ?? settings.maybe('DB_DIR');
  const name = settings.maybe('DB_FILE');
  if (settings.unknown.some((line) => /^(?:FQDBDIR|DB_DIR|DB_FILE):/.test(line))) return null;
  return absolute(join(folder ?? join(contentDir, 'database'), name ?? '.ht.sqlite'), core);
}

const absolute = (path: string, base: string): string => (isAbsolute(path) ? normalize(path) : join(base, path));

function versionOf(abspath: string): string | null {
  const file = join(abspath, 'wp-includes/version.php');
  const value = evaluateConfig(file, { roots: [abspath] }).variable('wp_version');
  return value?.known === true && typeof value.value === 'string' && /^[\w.+-]{1,40}$/.test(value.value)
    ? value.value
    : null;
}

/** Links that lead out of what is backed up. */
function linksOut(located: Located, contentDir: string, realRoot: string): string[] {
  const result: string[] = [];
  const seen = new Set<string>();
  const places = [
    located.abspath,
    contentDir,
    ...['wp-content', 'wp-admin', 'wp-includes'].map((name) => join(located.abspath, name)),
  ];
  for (const name of ['uploads', 'plugins', 'themes', 'mu-plugins', 'languages']) places.push(join(contentDir, name));
  for (const place of places) {
    if (seen.has(place)) continue;
    seen.add(place);
    try {
      if (!lstatSync(place).isSymbolicLink()) continue;
      const target = realOrNull(place);
      if (target === null) result.push(`${relative(located.root, place)} is a link to nowhere.`);
      else if (!isInside(realRoot, target))
        result.push(
          `${relative(located.root, place) || place} is a link to ${target}, outside the site: the backup keeps the link, not what it leads to.`,
        );
    } catch {
      // Not there: nothing to say.
    }
  }
  return result;
}
