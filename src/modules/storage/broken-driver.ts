import type { Readable } from 'node:stream';
import type { AppError } from '../../common/errors/index.js';
import type { StorageDriver, StoredObject } from '../../engine/ports/index.js';

/**
 * Stands for a provider whose driver can't be made (its secrets can't be opened, its settings no longer fit): whatever is asked of it
 * fails with the reason, and the other providers go on.
 */
export class BrokenDriver implements StorageDriver {
  constructor(
    readonly kind: string,
    private readonly reason: AppError,
  ) {}

  put(): Promise<StoredObject> {
    return Promise.reject(this.reason);
  }

  stat(): Promise<StoredObject | null> {
    return Promise.reject(this.reason);
  }

  read(): Promise<Readable> {
    return Promise.reject(this.reason);
  }

  // oxlint-disable-next-line require-yield -- it fails before the first
  async *list(): AsyncGenerator<StoredObject> {
    throw this.reason;
  }

  delete(): Promise<void> {
    return Promise.reject(this.reason);
  }

  removeAbandoned(): Promise<number> {
    return Promise.reject(this.reason);
  }

  space(): Promise<{ freeBytes: number; totalBytes: number } | null> {
    return Promise.reject(this.reason);
  }
}
