import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { SettingsService } from '../settings/index.js';
import type { AgeGroup, ProofCredit, ProofSettings } from './plan.js';

const SETTING = 'proof';
export const DEFAULT_SETTINGS: ProofSettings = { everyDays: 30, budgetBytes: null, budgetMinutes: null };

/** An object that was not read for long. */
export interface Candidate {
  key: string;
  size: number;
  sha256: string | null;
  /** When it was last read, or written when it never was. */
  provenAt: Date;
}

/** What one portion of reading came to. */
export interface PortionResult {
  startedAt: string;
  finishedAt: string;
  objects: number;
  bytes: number;
  damaged: number;
  missing: number;
  /** Objects that could not be read; nothing is known of them. */
  unreadable: number;
  /** Why it ended early, or the last object could not be read. */
  error: { code: string; message: string } | null;
}

/** What is kept of a provider between portions. */
export interface ProofState {
  credit: ProofCredit;
  /** How fast it was read lately; null = not known yet. */
  bytesPerSecond: number | null;
  last: PortionResult | null;
}

/** Numbers of a provider's objects. */
export interface ProofFacts {
  objects: number;
  bytes: number;
  damaged: number;
  missing: number;
  neverRead: number;
  overdue: number;
  bytesReadInTime: number;
  oldest: Date | null;
}

const PROVEN_AT = 'coalesce(read_at, created_at)';

/** The oldest of those that were read, or of those that were not: each half has an order of its own. */
const oldestOf = (which: 'read' | 'unread'): string =>
  `(select key, size, sha256, ${PROVEN_AT} as proven_at from stored_object
     where provider_id = ? and state = 'present' and read_at is ${which === 'read' ? 'not null' : 'null'}
       and ${PROVEN_AT} < ? and key not in (select jsonb_array_elements_text(?::jsonb))
     order by ${which === 'read' ? 'read_at' : 'created_at'} limit ?)`;

/** What the ledger says of objects, and the settings and the state of reading them. */
@Injectable()
export class ProofStore {
  constructor(
    private readonly orm: MikroORM,
    private readonly settings: SettingsService,
  ) {}

  async getSettings(): Promise<ProofSettings> {
    return { ...DEFAULT_SETTINGS, ...(await this.settings.get(SETTING)) };
  }

  async setSettings(settings: ProofSettings): Promise<void> {
    await this.settings.set(SETTING, { ...settings });
  }

  /** A provider that is new begins with no credit, now: that is kept, as the credit grows from then on. */
  async state(providerId: string, now: Date): Promise<ProofState> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written below
    const kept = (await this.settings.get(`${SETTING}.state.${providerId}`)) as KeptState | null;
    if (kept === null) {
      const begun: ProofState = { credit: { bytes: 0, milliseconds: 0, at: now }, bytesPerSecond: null, last: null };
      await this.keep(providerId, begun);
      return begun;
    }
    const { bytes, milliseconds, at, bytesPerSecond, last } = kept;
    return { credit: { bytes, milliseconds, at: new Date(at) }, bytesPerSecond, last };
  }

  async keep(providerId: string, { credit, bytesPerSecond, last }: ProofState): Promise<void> {
    const kept: KeptState = { ...credit, at: credit.at.toISOString(), bytesPerSecond, last };
    await this.settings.set(`${SETTING}.state.${providerId}`, { ...kept });
  }

  /** Those that were read longest ago, oldest first. Damaged and missing ones wait for repair, not for reading. */
  async oldest(providerId: string, before: Date, skip: readonly string[], limit: number): Promise<Candidate[]> {
    const values = [providerId, before.toISOString(), JSON.stringify(skip), limit];
    const rows = await this.orm.em
      .fork()
      .execute<{ key: string; size: string; sha256: string | null; proven_at: string | Date }[]>(
        `select * from (${oldestOf('unread')} union all ${oldestOf('read')}) oldest order by proven_at, key limit ?`,
        [...values, ...values, limit],
      );
    return rows.map(({ key, size, sha256, proven_at: at }) => ({
      key,
      size: Number(size),
      sha256,
      provenAt: new Date(at),
    }));
  }

  async ages(providerId: string, now: Date): Promise<AgeGroup[]> {
    const rows = await this.orm.em.fork().execute<{ days: number; bytes: string }[]>(
      `select greatest(0, floor(extract(epoch from (?::timestamptz - ${PROVEN_AT})) / 86400))::int as days, sum(size) as bytes
        from stored_object where provider_id = ? and state = 'present' group by 1`,
      [now.toISOString(), providerId],
    );
    return rows.map(({ days, bytes }) => ({ days, bytes: Number(bytes) }));
  }

  async facts(providerId: string, now: Date, everyDays: number): Promise<ProofFacts> {
    const since = new Date(now.getTime() - everyDays * 86_400_000).toISOString();
    const [row] = await this.orm.em.fork().execute<Record<string, string | Date | null>[]>(
      `select count(*) as objects, coalesce(sum(size), 0) as bytes,
          count(*) filter (where state = 'damaged') as damaged, count(*) filter (where state = 'missing') as missing,
          count(*) filter (where read_at is null) as never_read,
          count(*) filter (where state = 'present' and ${PROVEN_AT} < ?::timestamptz) as overdue,
          coalesce(sum(size) filter (where state = 'present' and read_at >= ?::timestamptz), 0) as read_in_time,
          min(${PROVEN_AT}) filter (where state = 'present') as oldest
        from stored_object where provider_id = ?`,
      [since, since, providerId],
    );
    const number = (name: string): number => Number(row?.[name] ?? 0);
    const oldest = row?.['oldest'] ?? null;
    return {
      objects: number('objects'),
      bytes: number('bytes'),
      damaged: number('damaged'),
      missing: number('missing'),
      neverRead: number('never_read'),
      overdue: number('overdue'),
      bytesReadInTime: number('read_in_time'),
      oldest: oldest === null ? null : new Date(oldest),
    };
  }

  /** The manifest of a backup that needs the bundle and has a copy on the provider. */
  async manifestNaming(providerId: string, bundleKey: string): Promise<string | null> {
    const rows = await this.orm.em.fork().execute<{ manifest_key: string }[]>(
      `select b.manifest_key from backup_object n join backup b on b.id = n.backup_id
          join backup_copy c on c.backup_id = b.id and c.provider_id = ?
        where n.key = ? and b.deleting_at is null order by b.started_at desc limit 1`,
      [providerId, bundleKey],
    );
    return rows[0]?.manifest_key ?? null;
  }
}

interface KeptState {
  bytes: number;
  milliseconds: number;
  at: string;
  bytesPerSecond: number | null;
  last: PortionResult | null;
}
