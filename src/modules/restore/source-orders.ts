import { Injectable } from '@nestjs/common';
import type { SourceOrder } from '../node-protocol/index.js';
import { previewUnavailable } from './restore.errors.js';

/** How a node reads a backup: what gives nodes their orders registers it here. */
@Injectable()
export class SourceOrders {
  private make: ((backupId: string) => Promise<SourceOrder>) | null = null;

  register(make: (backupId: string) => Promise<SourceOrder>): void {
    this.make = make;
  }

  /** Errors: NODE_PREVIEW_UNAVAILABLE where nothing is registered, BACKUP_NOT_FOUND, BACKUP_UNREADABLE. */
  async of(backupId: string): Promise<SourceOrder> {
    if (this.make === null) throw previewUnavailable();
    return this.make(backupId);
  }
}
