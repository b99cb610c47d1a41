import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import { type ScanTask, TaskKind } from '../node-protocol/index.js';
import { NodeTasks } from '../node-tasks/index.js';
import { DiskScan, type DiskScanOptions, type ScanEvent } from './disk/index.js';
import { scanEventOf } from './scan-event-of.js';
import { scanEndless } from './scanner.errors.js';

/** A scan of a large disk takes minutes. */
const TIME_LIMIT_SECONDS = 3600;

export interface ScanOptions extends DiskScanOptions {
  /** The host to look on; null or absent = this one. */
  nodeId?: string | null | undefined;
}

/** Looks for sites on a host's disk with every module that can. Changes nothing. */
@Injectable()
export class ScannerService {
  /** What a node may tell of one scan, in sites and problems: more than any host has. Tests lower it. */
  mostTold = 20_000;

  constructor(
    private readonly disk: DiskScan,
    private readonly tasks: NodeTasks,
  ) {}

  /**
   * Streams what is found, as it is found; the last event is `done`. Errors: REQUEST_INVALID for a root that is not absolute; on a node those
   * of NodeTasks, and NODE_SCAN_ENDLESS.
   */
  scan({ nodeId, ...options }: ScanOptions): AsyncGenerator<ScanEvent> {
    return typeof nodeId === 'string' ? this.onNode(nodeId, options) : this.disk.scan(options);
  }

  private async *onNode(nodeId: string, options: DiskScanOptions): AsyncGenerator<ScanEvent> {
    const { roots, maxDepth, folders, signal } = options;
    const request = {
      roots: roots === undefined ? null : [...roots],
      maxDepth: maxDepth ?? null,
      folders: folders === true,
    } satisfies ScanTask;
    let told = 0;
    try {
      const how = { timeLimitSeconds: TIME_LIMIT_SECONDS, signal };
      for await (const part of this.tasks.ask(nodeId, TaskKind.Scan, request, how)) {
        const event = scanEventOf(part);
        if (event === null) continue;
        if ((event.type === 'found' || event.type === 'problem') && (told += 1) > this.mostTold)
          throw scanEndless(nodeId, this.mostTold);
        yield event;
      }
    } catch (error) {
      // As on this host: a client that went away is no fault.
      if (!signal.aborted) throw error;
    }
  }
}

/** A scan's failure in mid-stream, as its last line. */
export function failureOf(error: unknown): { type: 'failed'; code: string; message: string } {
  const known = error instanceof AppError && error.kind !== 'internal';
  return {
    type: 'failed',
    code: known ? error.code : 'INTERNAL',
    message: known ? error.message : 'Something went wrong inside backupd.',
  };
}
