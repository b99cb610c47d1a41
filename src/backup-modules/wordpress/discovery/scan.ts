import { readdirSync, statSync, type Dirent } from 'node:fs';
import { basename, join, normalize } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { AppError, errnoOf } from '../../../common/errors/index.js';
import type { DiscoveredSite, DiscoverOptions } from '../../../engine/ports/index.js';
import { describeInspection } from './describe.js';
import { inspect, type Inspection } from './inspect.js';
import { deploymentOf, fromCore, isCore, locate, realOrNull } from './layout.js';
import { NEVER } from './nested.js';
import { BACKUP_FOLDER, COPY_NAME, isCoreListing, isPointless, leadsToFolder } from './scan-rules.js';

const SLICE_MS = 10;
const PROGRESS_EVERY = 500;
const IDENTIFY_AT_ONCE = 4;
const MODULE = 'wordpress';
const NEVER_AT_ROOT: ReadonlySet<string> = new Set(['/proc', '/sys', '/dev']);

export interface ScanOptions {
  /** Ask each site's database for its name and URL. Default true. */
  identify?: boolean;
}

interface Folder {
  path: string;
  depth: number;
  /** Names below the nearest wp-content, when the folder lies in one. */
  inContent: string[] | null;
  /** The install around this folder. */
  owner: string | null;
  /** Name of a folder for backups around this one. */
  backupFolder: string | null;
}

/**
 * Finds WordPress under the given roots and says of each candidate why it is or isn't an install. Results appear as
 * found; one unreadable folder never ends it; the event loop is not held for long. Links are followed once each.
 */
export async function* discoverWordPress(
  options: DiscoverOptions,
  scan: ScanOptions = {},
): AsyncGenerator<DiscoveredSite> {
  const scanner = new Scanner(options);
  const ready: DiscoveredSite[] = [];
  const running = new Set<Promise<void>>();
  const describe = async (find: Find): Promise<void> => {
    const description =
      find.inspection === null ? null : await describeInspection(find.inspection, scan.identify ?? true);
    ready.push({ ...find.site, description });
  };
  let folders = 0;
  for (;;) {
    if (options.signal.aborted) break;
    const isMore = scanner.slice(SLICE_MS);
    if (scanner.folders - folders >= PROGRESS_EVERY || !isMore) {
      folders = scanner.folders;
      options.onProgress?.(folders);
    }
    for (const find of scanner.takeFinds()) {
      const task: Promise<void> = describe(find).finally(() => running.delete(task));
      running.add(task);
      if (running.size >= IDENTIFY_AT_ONCE) await Promise.race(running);
    }
    await nextTick();
    yield* ready.splice(0);
    if (!isMore && running.size === 0) break;
    if (!isMore) await Promise.race(running);
  }
  if (!options.signal.aborted) yield* ready.splice(0);
}

interface Find {
  site: Omit<DiscoveredSite, 'description'>;
  inspection: Inspection | null;
}

class Scanner {
  folders = 0;
  private readonly stack: Folder[] = [];
  /** Links wait until the folders themselves were seen, so that a site is reported by its own path. */
  private readonly links: Folder[] = [];
  private readonly visited = new Set<string>();
  private readonly reported = new Set<string>();
  private readonly databases = new Map<string, string>();
  private finds: Find[] = [];

  constructor(private readonly options: DiscoverOptions) {
    for (const root of options.roots.toReversed()) {
      const path = normalize(root).replace(/(?<=.)\/+$/, '');
      this.stack.push({ path, depth: 0, inContent: null, owner: null, backupFolder: null });
    }
  }

  takeFinds(): Find[] {
    return this.finds.splice(0);
  }

  /** Works for a while; false when nothing is left. */
  slice(milliseconds: number): boolean {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      const folder = this.stack.pop() ?? this.links.pop();
      if (folder === undefined || this.options.signal.aborted) return false;
      this.visit(folder);
      if (this.finds.length > 0) return true;
    }
    return true;
  }

  private problem(path: string, error: unknown): void {
    const code = errnoOf(error);
    const message =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES' || code === 'EPERM'
          ? 'may not be read'
          : code === 'ENOTDIR'
            ? 'is not a folder'
            : `can't be read (${code ?? 'error'})`;
    this.options.onProblem(path, message);
  }

  private visit(folder: Folder): void {
    const { path } = folder;
    let entries: Dirent[];
    try {
      const stat = statSync(path);
      const id = `${stat.dev}:${stat.ino}`;
      // A core shared by links belongs to each site that links it.
      if (this.visited.has(id) && !(folder.depth > 0 && isCore(path))) return;
      const isKnown = this.visited.has(id);
      this.visited.add(id);
      this.folders++;
      entries = isKnown ? [] : readdirSync(path, { withFileTypes: true });
    } catch (error) {
      this.problem(path, error);
      return;
    }
    const deployment = this.deployment(folder, entries);
    if (deployment) return;
    const isInstall = this.examine(folder, entries);
    if (folder.depth >= this.options.maxDepth) return;
    this.descend(folder, entries, isInstall);
  }

  /** A `releases` + `current` folder is one site; its old releases are not looked at. */
  private deployment(folder: Folder, entries: readonly Dirent[]): boolean {
    if (!entries.some((entry) => entry.name === 'current') || deploymentOf(folder.path) !== folder.path) return false;
    if (locate(folder.path) === null) return false;
    for (const name of ['current', 'shared']) this.remember(join(folder.path, name));
    this.report(folder, folder.path);
    return true;
  }

  private remember(path: string): void {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined) this.visited.add(`${stat.dev}:${stat.ino}`);
  }

  /** Reports the folder when it is a candidate; gives the root of the install it belongs to. */
  private examine(folder: Folder, entries: readonly Dirent[]): string | null {
    const has = (name: string): boolean => entries.some((entry) => entry.name === name);
    const isSure = isCoreListing(has) || (entries.length === 0 && folder.depth > 0);
    if (isSure && isCore(folder.path)) {
      const located = fromCore(folder.path);
      this.report(folder, located.root, located.configFile !== null);
      return located.root;
    }
    const marks = ['wp-load.php', 'wp-settings.php', 'wp-includes', 'wp-config.php'].filter(has);
    const isPart =
      marks.includes('wp-settings.php') ||
      marks.includes('wp-load.php') ||
      (marks.includes('wp-config.php') && marks.includes('wp-includes'));
    if (isPart)
      this.candidate(
        folder.path,
        `It has ${marks.join(', ')}, but not all of wp-load.php, wp-settings.php and wp-includes/version.php: not a whole WordPress.`,
      );
    return null;
  }

  private candidate(path: string, reason: string): void {
    if (this.reported.has(path)) return;
    this.reported.add(path);
    this.finds.push({ site: { path, module: MODULE, isInstall: false, reason }, inspection: null });
  }

  private report(folder: Folder, root: string, hasConfig = true): void {
    const key = realOrNull(root) ?? root;
    if (this.reported.has(key)) return;
    if (folder.inContent !== null) {
      const where = ['wp-content', ...folder.inContent].join('/');
      this.candidate(
        root,
        `It has the files of WordPress, but lies in ${where} of ${folder.owner ?? 'a site'}: a copy or an unpacked archive, not an install.`,
      );
      return;
    }
    if (!hasConfig) {
      this.candidate(
        root,
        'It has wp-load.php, wp-settings.php and wp-includes/version.php, but no wp-config.php here or one level up: WordPress is unpacked, not set up.',
      );
      return;
    }
    if (folder.backupFolder !== null) {
      this.candidate(
        root,
        `It has the files of WordPress, but lies in the folder ${folder.backupFolder}: a backup copy, not an install.`,
      );
      return;
    }
    this.reported.add(key);
    let inspection: Inspection;
    try {
      // Nested installs are finds of their own here: looking for them per site would walk everything twice.
      inspection = inspect(root, { nested: false });
    } catch (error) {
      const reason =
        error instanceof AppError ? error.message : `It could not be inspected (${errnoOf(error) ?? 'error'}).`;
      this.finds.push({ site: { path: root, module: MODULE, isInstall: false, reason }, inspection: null });
      return;
    }
    const twin = this.twinOf(inspection, root);
    if (twin !== null && this.isNamedCopy(root)) {
      const reason = `It uses the same database and table prefix as ${twin}, and a folder's name says that it is a copy: not an install of its own.`;
      this.finds.push({ site: { path: root, module: MODULE, isInstall: false, reason }, inspection: null });
      return;
    }
    if (twin !== null) inspection.install.warnings.push(`It uses the same database and table prefix as ${twin}.`);
    const reason = `It has wp-load.php, wp-settings.php and wp-includes/version.php${inspection.install.version === null ? '' : ` (WordPress ${inspection.install.version})`}, and its configuration is ${inspection.install.configFile}.`;
    this.finds.push({ site: { path: root, module: MODULE, isInstall: true, reason }, inspection });
  }

  /** Whether a folder on the way from the scan's root is named like a copy. */
  private isNamedCopy(path: string): boolean {
    const root =
      this.options.roots.map((given) => normalize(given)).find((given) => path.startsWith(`${given}/`)) ?? '';
    return path
      .slice(root.length)
      .split('/')
      .some((name) => COPY_NAME.test(name));
  }

  /** The install found earlier that uses the same tables. */
  private twinOf(inspection: Inspection, root: string): string | null {
    const { database } = inspection.install;
    if (database === null) return null;
    const key =
      database.engine === 'sqlite'
        ? database.file
        : JSON.stringify([
            database.credentials.host,
            database.credentials.port,
            database.credentials.database,
            database.tablePrefix,
          ]);
    const twin = this.databases.get(key);
    if (twin === undefined) this.databases.set(key, root);
    return twin ?? null;
  }

  private descend(folder: Folder, entries: readonly Dirent[], install: string | null): void {
    const folders: Folder[] = [];
    for (const entry of entries) {
      const isLink = entry.isSymbolicLink();
      if (!entry.isDirectory() && !isLink) continue;
      const { name } = entry;
      const path = join(folder.path, name);
      if (NEVER.has(name) || NEVER_AT_ROOT.has(path) || isPointless(folder, name)) continue;
      if (name.includes('\ufffd')) {
        this.options.onProblem(path, 'its name is not UTF-8: not looked at');
        continue;
      }
      if (isLink && !leadsToFolder(path)) continue;
      const isContent =
        name === 'wp-content' || (name === 'app' && folder.owner !== null && basename(folder.path) === 'web');
      const next: Folder = {
        path,
        depth: folder.depth + 1,
        inContent: folder.inContent !== null ? [...folder.inContent, name] : isContent ? [] : null,
        owner: install ?? folder.owner ?? (isContent ? folder.path : null),
        backupFolder: folder.backupFolder ?? (BACKUP_FOLDER.test(name) ? path : null),
      };
      (isLink ? this.links : folders).push(next);
    }
    // The stack is taken from its end: parents first, then names in order.
    folders.sort((a, b) => (a.path < b.path ? 1 : -1));
    for (const next of folders) this.stack.push(next);
  }
}
