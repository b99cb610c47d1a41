import { lstat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { Injectable } from '@nestjs/common';
import { invalidField } from '../../../common/http/request-errors.js';
import { AppConfig } from '../../../config/index.js';
import type { DiscoveredSite } from '../../../engine/ports/index.js';
import { BackupModuleRegistry } from '../../backup-modules/index.js';
import { EventChannel } from './event-channel.js';

/** How deep below each root sites are looked for, unless asked otherwise. */
export const DEFAULT_DEPTH = 12;

export interface DiskScanOptions {
  /** Where to look; the configured folders when absent. */
  roots?: readonly string[] | undefined;
  maxDepth?: number | undefined;
  /** Also say which folder each install is. */
  folders?: boolean | undefined;
  signal: AbortSignal;
}

/** By what a folder is known again at another path, and whose it is. */
export interface FoundFolder {
  /** Device and inode. */
  identity: string;
  ownerUid: number;
}

/** What a scan tells, as it goes on. */
export type ScanEvent =
  | { type: 'found'; site: DiscoveredSite; folder?: FoundFolder | null }
  | { type: 'problem'; path: string; message: string }
  | { type: 'progress'; folders: number }
  | { type: 'done'; folders: number; found: number };

/** Looks for sites on the disk of this host with every module that can. Changes nothing. */
@Injectable()
export class DiskScan {
  constructor(
    private readonly config: AppConfig,
    private readonly registry: BackupModuleRegistry,
  ) {}

  /** Streams what is found, as it is found; the last event is `done`. Error: REQUEST_INVALID for a root that is not absolute. */
  async *scan(options: DiskScanOptions): AsyncGenerator<ScanEvent> {
    const roots = (options.roots ?? this.config.scanRoots).map(absolute);
    const channel = new EventChannel<ScanEvent>();
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const depth = options.maxDepth ?? DEFAULT_DEPTH;
    const running = this.run(roots, depth, options.folders === true, signal, channel).then(
      () => channel.end(),
      // A client that went away, or a reader that stopped, is no fault.
      (error: unknown) => channel.end(signal.aborted ? undefined : { error }),
    );
    try {
      yield* channel.events();
    } finally {
      stop.abort();
      await running;
    }
  }

  private async run(
    roots: readonly string[],
    maxDepth: number,
    folders: boolean,
    signal: AbortSignal,
    channel: EventChannel<ScanEvent>,
  ): Promise<void> {
    // Modules look at the same folders, one after the other: the longest walk is the count.
    let looked = 0;
    let found = 0;
    for (const module of this.registry.discovering()) {
      const sites = module.discover({
        roots,
        maxDepth,
        signal,
        onProblem: (path, message) => channel.push({ type: 'problem', path, message }),
        onProgress: (count) => {
          looked = Math.max(looked, count);
          channel.push({ type: 'progress', folders: looked });
        },
      });
      for await (const site of sites) {
        found += 1;
        const folder = folders && site.isInstall ? { folder: await folderOf(site.path) } : {};
        channel.push({ type: 'found', site, ...folder });
        await channel.room();
      }
    }
    if (!signal.aborted) channel.push({ type: 'done', folders: looked, found });
  }
}

function absolute(root: string): string {
  if (!isAbsolute(root) || root.includes('\0')) throw invalidField('path', 'path must be an absolute path');
  return normalize(root);
}

async function folderOf(path: string): Promise<FoundFolder | null> {
  try {
    const { dev, ino, uid } = await lstat(path, { bigint: true });
    return { identity: `${dev}:${ino}`, ownerUid: Number(uid) };
  } catch {
    return null;
  }
}
