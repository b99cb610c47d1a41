import { Injectable } from '@nestjs/common';
import type { DiscoveredSite } from '../../engine/ports/index.js';
import { type ReachTask, TaskKind } from '../node-protocol/index.js';
import { NodeTasks } from '../node-tasks/index.js';
import { type FoundFolder, ScannerService } from '../scanner/index.js';
import { SiteLook } from '../sites/disk/index.js';

/** Paths that a node is asked for at a time. */
const LOT = 500;
const TIME_LIMIT_SECONDS = 120;

/** A host that is looked at. */
export interface WatchedHost {
  /** Null = the master's own. */
  nodeId: string | null;
  /** Of the node. */
  name: string | null;
}

/** An install that is on disk now. */
export interface Found extends FoundFolder {
  path: string;
  module: string;
  name: string;
  database: string | null;
}

/** What scheduled scans ask of a host's disk. */
@Injectable()
export class WatchDisk {
  constructor(
    private readonly scanner: ScannerService,
    private readonly disk: SiteLook,
    private readonly tasks: NodeTasks,
  ) {}

  /** All installs by their path; null when the scan did not come to its end. Errors: those of NodeTasks. */
  async scan(
    { nodeId }: WatchedHost,
    roots: readonly string[],
    signal: AbortSignal,
  ): Promise<Map<string, Found> | null> {
    const found = new Map<string, Found>();
    if (roots.length === 0) return found;
    let isDone = false;
    for await (const event of this.scanner.scan({ roots, nodeId, folders: true, signal })) {
      if (event.type === 'done') isDone = true;
      if (event.type !== 'found' || !event.site.isInstall) continue;
      const folder = event.folder ?? null;
      if (folder !== null) found.set(event.site.path, foundOf(event.site, folder));
    }
    return isDone ? found : null;
  }

  /** Those that are surely not there. Errors: those of NodeTasks. */
  async gone({ nodeId }: WatchedHost, paths: readonly string[], signal: AbortSignal): Promise<Set<string>> {
    const gone = new Set<string>();
    for (let from = 0; from < paths.length; from += LOT) {
      const lot = paths.slice(from, from + LOT);
      const presence = await (nodeId === null ? this.disk.presence(lot) : this.ask(nodeId, lot, signal));
      for (const [index, path] of lot.entries()) if (presence[index] === 'gone') gone.add(path);
    }
    return gone;
  }

  private async ask(nodeId: string, paths: string[], signal: AbortSignal): Promise<readonly unknown[]> {
    const how = { timeLimitSeconds: TIME_LIMIT_SECONDS, signal };
    const { presence } = await this.tasks.result(nodeId, TaskKind.Reach, { paths } satisfies ReachTask, how);
    return Array.isArray(presence) ? presence : [];
  }
}

function foundOf({ path, module, description }: DiscoveredSite, folder: FoundFolder): Found {
  const { databaseHost: host, databaseName: name, tablePrefix: prefix } = description?.facts ?? {};
  const isNamed = typeof host === 'string' && typeof name === 'string' && name !== '';
  const database = isNamed ? `${host}/${name}/${typeof prefix === 'string' ? prefix : ''}` : null;
  return { path, module, name: description?.name ?? path, ...folder, database };
}
