import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AuditLog } from './audit-log.js';

const MINUTE_MS = 60_000;
/** Addresses whose refusals are counted apart; those of more are counted together. */
const MAX_ADDRESSES = 1000;

/** A request that was let in by nobody. */
export interface Refusal {
  address: string;
  userAgent: string | undefined;
  action: string;
  status: number;
  error: string;
}

/**
 * Requests without a valid token, so that guessing does not fill the audit log: of each address the first one is noted at once, and the
 * further ones of that minute as one entry with their number when it is over (or backupd stops).
 */
@Injectable()
export class Refusals implements OnModuleDestroy {
  private readonly more = new Map<string, { last: Refusal | null; count: number }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly log: AuditLog) {}

  async note(refusal: Refusal): Promise<void> {
    const key = this.more.has(refusal.address) || this.more.size < MAX_ADDRESSES ? refusal.address : 'others';
    const counted = this.more.get(key);
    if (counted !== undefined) {
      counted.last = refusal;
      counted.count += 1;
      return;
    }
    this.more.set(key, { last: null, count: 0 });
    this.timer ??= setTimeout(() => void this.flush(), MINUTE_MS).unref();
    await this.log.act({ ...refusal, principal: null, targetId: null, details: { requests: 1 } });
  }

  /** Notes what was only counted so far, and begins a new minute. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const counted = [...this.more];
    this.more.clear();
    for (const [address, { last, count }] of counted) {
      if (last === null) continue;
      const details = { requests: count, lastAction: last.action };
      await this.log.act({
        ...last,
        address,
        action: 'auth.refused',
        principal: null,
        targetId: null,
        details,
      });
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }
}
