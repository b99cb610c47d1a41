import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, asAppError } from '../../common/errors/index.js';
import { shellWord } from '../../common/shell-word.js';
import { AppConfig } from '../../config/index.js';
import { AuditLog } from '../audit/index.js';
import { type KnownNode, NodeDirectory } from '../node-tasks/index.js';
import { SitesService } from '../sites/index.js';
import type { SeenSite } from './schedule.entity.js';
import { SeenSites } from './seen-sites.js';
import { type Found, WatchDisk, type WatchedHost } from './watch-disk.js';

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

type RegisteredPaths = ReadonlyMap<string, { id: string; name: string }>;

/** What was known of a host before it was looked at. */
interface Known {
  seen: ReadonlyMap<string, SeenSite>;
  registered: RegisteredPaths;
}

const HERE: WatchedHost = { nodeId: null, name: null };
/** Nodes that are looked at at a time. */
const AT_ONCE = 4;
const MOST_NOTE = 4000;

/**
 * Looks for sites on all hosts and tells once of each that is new, has moved or is gone, measured against what it saw before. What is
 * registered is left alone, unless the schedule says otherwise.
 */
@Injectable()
export class SiteWatch {
  private readonly logger = new Logger('schedules');

  constructor(
    private readonly orm: MikroORM,
    private readonly config: AppConfig,
    private readonly disk: WatchDisk,
    private readonly seen: SeenSites,
    private readonly nodes: NodeDirectory,
    private readonly sites: SitesService,
    private readonly audit: AuditLog,
  ) {}

  /** One look; says what came of it. A look that is cut off tells nothing. The roots are those of this host: nodes have their own. */
  async look(given: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string> {
    const options = this.optionsOf(given);
    const here = await this.lookAt(HERE, options, signal);
    const nodes = await this.nodes.allUsable();
    const notes = new Map<string, string>();
    const left = nodes.values();
    const work = async (): Promise<void> => {
      for (const node of left) if (!signal.aborted) notes.set(node.name, await this.lookAtNode(node, options, signal));
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, nodes.length) }, work));
    const rest = [...notes].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, note]) => `${name}: ${note}`);
    const whole = [here, ...rest].join(' ');
    return whole.length > MOST_NOTE ? `${whole.slice(0, MOST_NOTE)} …` : whole;
  }

  /** One that is away is looked at the next time: nothing of it is gone. */
  private async lookAtNode(node: KnownNode, options: WatchOptions, signal: AbortSignal): Promise<string> {
    const { id: nodeId, name, isHeardOf, scanRoots: roots } = node;
    if (!isHeardOf) return 'It is away, so not looked at.';
    try {
      return await this.lookAt({ nodeId, name }, { ...options, roots }, signal);
    } catch (thrown) {
      // Whatever it is, also a fault of the node's: the others are looked at.
      const error = asAppError(thrown);
      if (error.kind === 'internal')
        this.logger.error(`The look at the node ${name} failed: ${error.message}`, error.stack);
      return `Not looked at to its end: ${error.message}`;
    }
  }

  private async lookAt(host: WatchedHost, options: WatchOptions, signal: AbortSignal): Promise<string> {
    const missing = [...(await this.disk.gone(host, options.roots, signal))];
    const roots = options.roots.filter((root) => !missing.includes(root));
    const found = await this.disk.scan(host, roots, signal);
    if (found === null) return 'It was stopped before its end.';
    const known = { seen: await this.seen.of(host), registered: await this.registered(host) };
    const { seen, registered } = known;
    const gone = await this.goneOf(host, found, known, { roots, missing }, signal);
    const told = { found: 0, moved: 0, vanished: 0 };
    for (const site of found.values()) {
      const before = seen.get(site.path);
      if (registered.has(site.path)) await this.seen.write(host, site, null, null);
      else if (before !== undefined && !(before.vanishedAt instanceof Date))
        await this.seen.write(host, { ...site, ownerUid: before.ownerUid ?? site.ownerUid }, null, null);
      else {
        const from = gone.find((path) => isSame(seen.get(path), site));
        if (from === undefined) await this.tellFound(host, site, options);
        else await this.tellMoved(host, site, from, known, options);
        told[from === undefined ? 'found' : 'moved'] += 1;
        if (from !== undefined) gone.splice(gone.indexOf(from), 1);
      }
    }
    for (const path of gone)
      if (!(seen.get(path)?.vanishedAt instanceof Date)) {
        await this.tellVanished(host, path, seen.get(path), registered.get(path));
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

  private async registered({ nodeId }: WatchedHost): Promise<Map<string, { id: string; name: string }>> {
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string; name: string; path: string }[]>(
        'select id, name, path from site where node_id is not distinct from ?::uuid',
        [nodeId],
      );
    return new Map(rows.map(({ id, name, path }) => [path, { id, name }]));
  }

  /** Folders of before that are not there any more: in the folders that were looked at, and only where the disk says so. */
  private async goneOf(
    host: WatchedHost,
    found: ReadonlyMap<string, Found>,
    { seen, registered }: Known,
    { roots, missing }: { roots: readonly string[]; missing: readonly string[] },
    signal: AbortSignal,
  ): Promise<string[]> {
    const looked = (path: string): boolean =>
      roots.some((root) => isInside(path, root)) && !missing.some((root) => isInside(path, root));
    // Known to have moved: that was told.
    const left = new Set(
      [...seen.values()].flatMap(({ movedFrom }) => movedFrom ?? []).filter((path) => !seen.has(path)),
    );
    const asked = [...new Set([...seen.keys(), ...registered.keys()])].filter(
      (path) => !found.has(path) && !left.has(path) && looked(path),
    );
    const gone = await this.disk.gone(host, asked, signal);
    return asked.filter((path) => gone.has(path));
  }

  private async tellFound(host: WatchedHost, site: Found, { enrol, labels }: WatchOptions): Promise<void> {
    const { path, module } = site;
    let siteId: string | null = null;
    let message = `A site was found at ${path}${onHost(host)}. It is not backed up until it is registered: backupd sites add ${shellWord(path)}${option(host)}`;
    if (enrol)
      try {
        siteId = (await this.sites.register({ path, module, labels, nodeId: host.nodeId })).id;
        await this.audit.system('sites.registered', { targetId: siteId, details: { path, labels } });
        message = `A site was found at ${path}${onHost(host)} and registered.`;
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'internal') throw error;
        message = `A site was found at ${path}${onHost(host)} and could not be registered: ${error.message}`;
      }
    await this.seen.write(host, site, null, { type: 'site.found', siteId, message });
  }

  private async tellMoved(
    host: WatchedHost,
    site: Found,
    left: string,
    { seen, registered }: Known,
    options: WatchOptions,
  ): Promise<void> {
    const old = seen.get(left);
    // Moved again before anybody changed the path of the registered site.
    const before = old?.movedFrom ?? null;
    const from = !registered.has(left) && before !== null && registered.has(before) ? before : left;
    const known = registered.get(from);
    // Whoever names its database in a folder of their own does not get the site.
    const ownerUid = old?.ownerUid ?? null;
    const isOwn = ownerUid === site.ownerUid;
    let message = `The site at ${from} has moved to ${site.path}${onHost(host)}.`;
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
    const kept = known === undefined || isOwn ? site : { ...site, ownerUid };
    await this.seen.write(host, kept, from, { left, type: 'site.moved', siteId: known?.id ?? null, message, from });
  }

  private async tellVanished(
    host: WatchedHost,
    path: string,
    before: SeenSite | undefined,
    known: { id: string; name: string } | undefined,
  ): Promise<void> {
    const name = known?.name ?? before?.name ?? path;
    const stays = known === undefined ? '' : ' Its backups stay; it can be restored.';
    const message = `The site "${name}" is not at ${path}${onHost(host)} any more.${stays}`;
    await this.seen.vanished(host, path, before, { name, siteId: known?.id ?? null, message });
    this.logger.warn(`The site at ${path}${onHost(host)} is gone.`);
  }
}

const onHost = ({ name }: WatchedHost): string => (name === null ? '' : ` on the node ${name}`);
const option = ({ name }: WatchedHost): string => (name === null ? '' : ` --node ${shellWord(name)}`);

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
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

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}
