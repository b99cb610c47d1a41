import type { ErrorKind, RetryAdvice } from '../../../common/errors/index.js';
import type { Excluded } from './exclude.js';
import type { RecordBatch } from './record.js';
import type { ScanOptions } from './types.js';

/** What a scan thread is started with. */
export interface ScanThreadData {
  scan: ScanOptions;
  /** Batches that it may send before one was given back. */
  ahead: number;
  batchBytes: number;
}

/** To the thread: a used buffer, and with it leave to send one more batch; or the word to end. */
export type ScanRequest = { kind: 'back'; bytes: Uint8Array<ArrayBuffer> } | { kind: 'end' };

export interface ScanFailure {
  code: string;
  kind: ErrorKind;
  message: string;
  hint: string | undefined;
  retry: RetryAdvice;
  context: Record<string, string | number | boolean | null | readonly string[]>;
}

export type ScanReply =
  | { kind: 'batch'; batch: RecordBatch }
  | { kind: 'done'; excluded: Excluded[] }
  | { kind: 'failed'; failure: ScanFailure };
