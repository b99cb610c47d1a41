import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { networkOf } from '../../common/address-ranges.js';
import { type AuditedAct, AuditLog } from './audit-log.js';

const MINUTE_MS = 60_000;
/** Networks whose refusals are counted apart; those of more are counted together. */
const MAX_NETWORKS = 100;
const OTHERS = 'others';

interface Counted {
  last: AuditedAct | null;
  count: number;
}

/**
 * Requests that were not let in, so that guessing and insisting do not fill the audit log, which nobody can shorten: the first one of each
 * network without a valid token, or of each token and action, is noted at once, and the further ones of that minute as one entry with
 * their number when it is over (or backupd stops).
 */
@Injectable()
export class Refusals implements OnModuleDestroy {
  private readonly ofNetworks = new Map<string, Counted>();
  private readonly ofTokens = new Map<string, Counted>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly log: AuditLog) {}

  async note(refusal: AuditedAct): Promise<void> {
    const { principal, action, address } = refusal;
    const isNew =
      principal === null
        ? count(this.ofNetworks, this.network(address), refusal)
        : count(this.ofTokens, `${principal.id} ${action}`, refusal);
    if (!isNew) return;
    this.timer ??= setTimeout(() => void this.flush(), MINUTE_MS).unref();
    await this.log.act(refusal);
  }

  /** Notes what was only counted so far, and begins a new minute. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const [networks, tokens] = [[...this.ofNetworks], [...this.ofTokens]];
    this.ofNetworks.clear();
    this.ofTokens.clear();
    for (const [address, { last, count: requests }] of networks) {
      if (last === null) continue;
      const details = { requests, lastAction: last.action };
      await this.log.act({ ...last, address, action: 'auth.refused', targetId: null, details });
    }
    for (const [, { last, count: requests }] of tokens)
      if (last !== null) await this.log.act({ ...last, targetId: null, details: { requests } });
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  private network(address: string): string {
    const network = networkOf(address);
    return this.ofNetworks.has(network) || this.ofNetworks.size < MAX_NETWORKS ? network : OTHERS;
  }
}

/** True for the first one. */
function count(counts: Map<string, Counted>, key: string, refusal: AuditedAct): boolean {
  const counted = counts.get(key);
  if (counted === undefined) {
    counts.set(key, { last: null, count: 0 });
    return true;
  }
  counted.last = refusal;
  counted.count += 1;
  return false;
}
