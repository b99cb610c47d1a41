import { Injectable } from '@nestjs/common';
import type { AlarmRule } from './rules/alarm-rule.js';
import { backupFailed } from './rules/backup-failed.js';
import { backupOverdue } from './rules/backup-overdue.js';
import { backupPartial } from './rules/backup-partial.js';
import { backupShrunk } from './rules/backup-shrunk.js';
import { copyDamaged } from './rules/copy-damaged.js';
import { DiskLow } from './rules/disk-low.js';
import { nodeOffline } from './rules/node-offline.js';
import { notificationUndelivered } from './rules/notification-undelivered.js';
import { ProofOverdue } from './rules/proof-overdue.js';
import { QuotaNear } from './rules/quota-near.js';
import { siteVanished } from './rules/site-vanished.js';
import { StorageUnreachable } from './rules/storage-unreachable.js';

/** Everything that can be wrong. */
@Injectable()
export class AlarmRules {
  readonly all: readonly AlarmRule[];

  constructor(quotaNear: QuotaNear, proofOverdue: ProofOverdue, unreachable: StorageUnreachable, diskLow: DiskLow) {
    this.all = [
      backupOverdue,
      backupFailed,
      backupPartial,
      backupShrunk,
      copyDamaged,
      siteVanished,
      quotaNear,
      proofOverdue,
      unreachable,
      diskLow,
      nodeOffline,
      notificationUndelivered,
    ];
  }
}
