import { Injectable } from '@nestjs/common';
import type { AppError } from '../../common/errors/index.js';
import { SettingsService } from '../settings/index.js';
import { MIRROR_STATUS } from './mirrored-tables.js';

export interface MirrorFault {
  code: string;
  message: string;
  hint: string | null;
  at: string;
}

/** How the mirror fared; shared by all masters of the database. Times are ISO. */
export interface MirrorState {
  lastSuccessAt: string | null;
  /** Since when changes do not get through. */
  behindSince: string | null;
  lastError: MirrorFault | null;
  /** When the rows in D1 were last counted against what is known to be there. */
  auditedAt: string | null;
  /** Rows written and deleted since the mirror was set up. */
  rowsSent: number;
  rowsDeleted: number;
}

const fresh: MirrorState = {
  lastSuccessAt: null,
  behindSince: null,
  lastError: null,
  auditedAt: null,
  rowsSent: 0,
  rowsDeleted: 0,
};

@Injectable()
export class MirrorStatus {
  constructor(private readonly settings: SettingsService) {}

  async get(): Promise<MirrorState> {
    const kept = await this.settings.get(MIRROR_STATUS);
    return Object.assign({ ...fresh }, kept);
  }

  async succeeded(sent: number, deleted: number, audited: boolean, fault: AppError | null): Promise<void> {
    const now = new Date().toISOString();
    const before = await this.get();
    await this.settings.set(MIRROR_STATUS, {
      ...before,
      lastSuccessAt: now,
      behindSince: null,
      lastError: fault === null ? null : faultOf(fault, now),
      auditedAt: audited ? now : before.auditedAt,
      rowsSent: before.rowsSent + sent,
      rowsDeleted: before.rowsDeleted + deleted,
    });
  }

  async failed(sent: number, deleted: number, error: AppError): Promise<void> {
    const now = new Date().toISOString();
    const before = await this.get();
    await this.settings.set(MIRROR_STATUS, {
      ...before,
      behindSince: before.behindSince ?? now,
      lastError: faultOf(error, now),
      rowsSent: before.rowsSent + sent,
      rowsDeleted: before.rowsDeleted + deleted,
    });
  }
}

const faultOf = ({ code, message, hint }: AppError, at: string): MirrorFault => ({
  code,
  message,
  hint: hint ?? null,
  at,
});
