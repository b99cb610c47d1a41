import { lstat } from 'node:fs/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, errnoOf } from '../../common/errors/index.js';
import { shellWord } from '../../common/shell-word.js';
import { AppConfig } from '../../config/index.js';
import type { DiscoveredSite } from '../../engine/ports/index.js';
import { AuditLog } from '../audit/index.js';
import { EventLog, type EventType } from '../events/index.js';
import { ScannerService } from '../scanner/index.js';
import { SitesService } from '../sites/index.js';
import { SeenSite } from './schedule.entity.js';

/** What a scheduled scan may do besides telling. */
interface WatchOptions {
  roots: readonly string[];
  /** Register what is new. */
  enrol: boolean;
  /** Labels of what is registered. */
  labels: readonly string[];
  /** Change the path of a registered site that has moved. */
  followMoves: boolean;
}

/** An install that is on disk now. */
interface Found {
  path: string;
  module: string;
  name: string;
  identity: string;
  ownerUid: number;
  database: string | null;
}

type RegisteredPaths = ReadonlyMap<string, { id: string; name: string }>;

/**
 * Looks for sites on this host and tells once of each that is new, has moved or is gone, measured against what it saw before. What is
 * registered is left alone, unless the schedule says otherwise.
 */
@Injectable()
export class SiteWatch {
  private readonly logger = new Logger('schedules');

  constructor(
    private readonly orm: MikroORM,
    private readonly config: AppConfig,
    private readonly scanner: ScannerService,
    private readonly sites: SitesService,
    private readonly events: EventLog,
    private readonly audit: AuditLog,
  ) {}

  /** One look; says what came of it. A look that is cut off tells nothing. */
  async look(given: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string> {
    const options = this.optionsOf(given);
    const missing = await missingOf(options.roots);
    const found = await this.scan(
      options.roots.filter((root) => !missing.includes(root)),
      signal,
    );
    if (found === null) return 'It was stopped before its end.';
    const seen = new Map((await this.orm.em.fork().find(SeenSite, {})).map((site) => [site.path, site]));
    const registered = await this.registered();
    const gone = await this.goneOf(found, seen, registered, options.roots, missing);
    const told = { found: 0, moved: 0, vanished: 0 };
    for (const site of found.values()) {
      const before = seen.get(site.path);
      if (registered.has(site.path)) await this.keep(site);
      else if (before !== undefined && !(before.vanishedAt instanceof Date))
        await this.keep({ ...site, ownerUid: before.ownerUid ?? site.ownerUid });
      else {
        const from = gone.find((path) => isSame(seen.get(path), site));
        if (from === undefined) await this.tellFound(site, options);
        else await this.tellMoved(site, from, seen.get(from), registered, options);
        told[from === undefined ? 'found' : 'moved'] += 1;
        if (from !== undefined) gone.splice(gone.indexOf(from), 1);
      }
    }
    for (const path of gone)
      if (!(seen.get(path)?.vanishedAt instanceof Date)) {
        await this.tellVanished(path, seen.get(path), registered.get(path));
        told.vanished += 1;
      }
    const unread = missing.length === 0 ? '' : ` Not there, so not looked at: ${missing.join(', ')}.`;
    return `${found.size} on disk; ${told.found} new, ${told.moved} moved, ${told.vanished} gone.${unread}`;
  }

  private optionsOf(given: Readonly<Record<string, unknown>>): WatchOptions {
    const roots = texts(given['roots']);
    return {
      roots: roots.length > 0 ? roots : this.config.scanRoots,
      enrol: given['enrol'] === true,
      labels: texts(given['labels']),
      followMoves: given['followMoves'] === true,
    };
  }

  /** All installs by their path; null when the scan did not come to its end. */
  private async scan(roots: readonly string[], signal: AbortSignal): Promise<Map<string, Found> | null> {
    const found = new Map<string, Found>();
    if (roots.length === 0) return found;
    let isDone = false;
    for await (const event of this.scanner.scan({ roots, signal })) {
      if (event.type === 'done') isDone = true;
      if (event.type !== 'found' || !event.site.isInstall) continue;
      const folder = await folderOf(event.site.path);
      if (folder !== null) found.set(event.site.path, foundOf(event.site, folder));
    }
    return isDone ? found : null;
  }

  private async registered(): Promise<Map<string, { id: string; name: string }>> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string; name: string; path: string }[]>('select id, name, path from site where node_id is null');
    return new Map(rows.map(({ id, name, path }) => [path, { id, name }]));
  }

  /** Folders of before that are not there any more: in the folders that were looked at, and only where the disk says so. */
  private async goneOf(
    found: ReadonlyMap<string, Found>,
    seen: ReadonlyMap<string, SeenSite>,
    registered: RegisteredPaths,
    roots: readonly string[],
    missing: readonly string[],
  ): Promise<string[]> {
    const looked = (path: string): boolean =>
      roots.some((root) => isInside(path, root)) && !missing.some((root) => isInside(path, root));
    // Known to have moved: that was told.
    const left = new Set(
      [...seen.values()].flatMap(({ movedFrom }) => movedFrom ?? []).filter((path) => !seen.has(path)),
    );
    const gone: string[] = [];
    for (const path of new Set([...seen.keys(), ...registered.keys()]))
      if (!found.has(path) && !left.has(path) && looked(path) && (await isGone(path))) gone.push(path);
    return gone;
  }

  private async keep(site: Found): Promise<void> {
    await this.write(site, null, null);
  }

  private async tellFound(site: Found, { enrol, labels }: WatchOptions): Promise<void> {
    let siteId: string | null = null;
    let message = `A site was found at ${site.path}. It is not backed up until it is registered: backupd sites add ${shellWord(site.path)}`;
    if (enrol)
      try {
        siteId = (await this.sites.register({ path: site.path, module: site.module, labels })).id;
        await this.audit.system('sites.registered', { targetId: siteId, details: { path: site.path, labels } });
        message = `A site was found at ${site.path} and registered.`;
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'internal') throw error;
        message = `A site was found at ${site.path} and could not be registered: ${error.message}`;
      }
    await this.write(site, null, { type: 'site.found', siteId, message });
  }

  private async tellMoved(
    site: Found,
    left: string,
    old: SeenSite | undefined,
    registered: RegisteredPaths,
    options: WatchOptions,
  ): Promise<void> {
    // Moved again before anybody changed the path of the registered site.
    const before = old?.movedFrom ?? null;
    const from = !registered.has(left) && before !== null && registered.has(before) ? before : left;
    const known = registered.get(from);
    // Whoever names its database in a folder of their own does not get the site.
    const ownerUid = old?.ownerUid ?? null;
    const isOwn = ownerUid === site.ownerUid;
    let message = `The site at ${from} has moved to ${site.path}.`;
    if (known !== undefined)
      try {
        const follows = options.followMoves && isOwn;
        if (follows) {
          await this.sites.update(known.id, { path: site.path });
          await this.audit.system('sites.moved', { targetId: known.id, details: { from, path: site.path } });
        }
        if (!isOwn) message += ` ${otherOwner(ownerUid, site.ownerUid)}`;
        message += follows
          ? ' It is backed up from there from now on.'
          : ` "${known.name}" is still looked for at its old path: backupd sites edit ${known.id} --path ${shellWord(site.path)}`;
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'internal') throw error;
        message += ` Its path could not be changed: ${error.message}`;
      }
    // Else the next move of that folder would be its owner's own.
    const seen = known === undefined || isOwn ? site : { ...site, ownerUid };
    await this.write(seen, from, { left, type: 'site.moved', siteId: known?.id ?? null, message, from });
  }

  private async tellVanished(
    path: string,
    before: SeenSite | undefined,
    known: { id: string; name: string } | undefined,
  ): Promise<void> {
    const name = known?.name ?? before?.name ?? path;
    const now = new Date();
    const rest = { module: before?.module ?? 'unknown', name, identity: before?.identity ?? '' };
    await this.orm.em.fork().transactional(async (em) => {
      const row = {
        path,
        ...rest,
        ownerUid: before?.ownerUid ?? null,
        database: before?.database ?? null,
        movedFrom: null,
      };
      await em.upsert(SeenSite, {
        ...row,
        foundAt: before?.foundAt ?? now,
        lastSeenAt: before?.lastSeenAt ?? now,
        vanishedAt: now,
      });
      const message = `The site "${name}" is not at ${path} any more.${known === undefined ? '' : ' Its backups stay; it can be restored.'}`;
      const data = { path, name, message };
      await this.events.append(em, [{ jobId: null, siteId: known?.id ?? null, type: 'site.vanished', data }], now);
    });
    this.logger.warn(`The site at ${path} is gone.`);
  }

  /** The row and what is told of it, in one transaction: so it is told once. */
  private async write(
    { path, module, name, identity, ownerUid, database }: Omit<Found, 'ownerUid'> & { ownerUid: number | null },
    movedFrom: string | null,
    event: { type: EventType; siteId: string | null; message: string; from?: string; left?: string } | null,
  ): Promise<void> {
    const now = new Date().toISOString();
    await this.orm.em.fork().transactional(async (em) => {
      await em.execute(
        `insert into seen_site (path, module, name, identity, owner_uid, database, moved_from, found_at, last_seen_at)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?)
          on conflict (path) do update set module = excluded.module, name = excluded.name, identity = excluded.identity,
            owner_uid = excluded.owner_uid,
            database = excluded.database, last_seen_at = excluded.last_seen_at, vanished_at = null,
            moved_from = coalesce(excluded.moved_from, seen_site.moved_from),
            found_at = case when seen_site.vanished_at is null then seen_site.found_at else excluded.found_at end`,
        [path, module, name, identity, ownerUid, database, movedFrom, now, now],
      );
      if (event === null) return;
      const { type, siteId, message, from, left } = event;
      if (left !== undefined) await em.nativeDelete(SeenSite, { path: left });
      const data = { path, name, module, message, ...(from === undefined ? {} : { from }) };
      await this.events.append(em, [{ jobId: null, siteId, type, data }], new Date());
    });
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function foundOf({ path, module, description }: DiscoveredSite, folder: Pick<Found, 'identity' | 'ownerUid'>): Found {
  const { databaseHost: host, databaseName: name, tablePrefix: prefix } = description?.facts ?? {};
  const isNamed = typeof host === 'string' && typeof name === 'string' && name !== '';
  const database = isNamed ? `${host}/${name}/${typeof prefix === 'string' ? prefix : ''}` : null;
  return { path, module, name: description?.name ?? path, ...folder, database };
}

/** Inodes are used again, so the name must be the same, too. */
function isSame(before: SeenSite | undefined, site: Found): boolean {
  if (before === undefined || before.module !== site.module) return false;
  if (site.database !== null && before.database === site.database) return true;
  return before.identity === site.identity && before.name === site.name;
}

const otherOwner = (before: number | null, now: number): string =>
  before === null
    ? `Whose folder it was before is not known (now: uid ${now}), so see first whether it is the same site.`
    : `Its folder is somebody else's now (uid ${now}, before: ${before}), so see first whether it is the same site.`;

async function folderOf(path: string): Promise<Pick<Found, 'identity' | 'ownerUid'> | null> {
  try {
    const { dev, ino, uid } = await lstat(path, { bigint: true });
    return { identity: `${dev}:${ino}`, ownerUid: Number(uid) };
  } catch {
    return null;
  }
}

async function isGone(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR';
  }
}

async function missingOf(roots: readonly string[]): Promise<string[]> {
  const there = await Promise.all(roots.map(isGone));
  return roots.filter((_, index) => there[index] === true);
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}
