import { Injectable, Logger } from '@nestjs/common';
import { asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { ObjectProof, type ReadCost, type Verdict } from './object-proof.js';
import { fillCredit, isRead, neededBytesPerDay, type ProofCredit } from './plan.js';
import { type Candidate, type PortionResult, ProofStore } from './proof-store.js';

const BATCH = 50;
/** Objects in a row that can't be read: then the storage is left alone until the next portion. */
const MOST_FAILURES = 3;
/** So long, and so many, unreadable objects are passed over, or those that come after them would never be read. */
const PASS_OVER_MS = 6 * 3_600_000;
const MOST_PASSED_OVER = 1000;
/** Faults of the storage as a whole, not of one object. */
const NO_ANSWER = new Set([
  'STORAGE_UNREACHABLE',
  'STORAGE_DENIED',
  'STORAGE_CREDENTIALS_INVALID',
  'STORAGE_BUCKET_NOT_FOUND',
  'STORAGE_TLS_FAILED',
  'STORAGE_CLOCK_SKEW',
  'STORAGE_REGION_WRONG',
]);

/** How much to read by hand, at most. */
export interface HandLimits {
  bytes: number | null;
  minutes: number | null;
}

/** Works off one portion of one provider. The caller holds the provider's lock. */
@Injectable()
export class ProofWalker {
  private readonly logger = new Logger('proof');
  private readonly unreadable = new Map<string, number>();

  constructor(
    private readonly store: ProofStore,
    private readonly proof: ObjectProof,
  ) {}

  /** What the plan has for now. Never throws for what is wrong with the storage: it stands in the result. */
  async portion(providerId: string, driver: StorageDriver, signal: AbortSignal): Promise<PortionResult> {
    const now = new Date();
    const settings = await this.store.getSettings();
    const needed = neededBytesPerDay(await this.store.ages(providerId, now), settings);
    const credit = fillCredit((await this.store.state(providerId, now)).credit, needed, settings, now);
    const isNext = ({ provenAt }: Candidate): boolean => isRead(provenAt, credit, settings, new Date());
    return this.walk({ providerId, driver, credit, isByHand: false, isNext, signal });
  }

  /** Each object once at most, oldest first, until a limit is reached. What the plan has left stays as it is. */
  async byHand(
    providerId: string,
    driver: StorageDriver,
    limits: HandLimits,
    signal: AbortSignal,
  ): Promise<PortionResult> {
    const started = Date.now();
    const isNext = (_: Candidate, { bytes }: ReadCost): boolean =>
      (limits.bytes === null || bytes < limits.bytes) &&
      (limits.minutes === null || Date.now() - started < limits.minutes * 60_000);
    const { credit } = await this.store.state(providerId, new Date(started));
    return this.walk({ providerId, driver, credit: { ...credit }, isByHand: true, isNext, signal });
  }

  private async walk(walk: Walk): Promise<PortionResult> {
    const startedAt = new Date();
    const total: ReadCost = { bytes: 0, milliseconds: 0 };
    const result: PortionResult = { ...empty, startedAt: startedAt.toISOString(), finishedAt: startedAt.toISOString() };
    const done: string[] = [];
    let failures = 0;
    try {
      for (let isOver = false; !isOver;) {
        const skip = [...done, ...this.passedOver(walk.providerId, startedAt)];
        const batch = await this.store.oldest(walk.providerId, startedAt, skip, BATCH);
        isOver = batch.length === 0;
        for (const object of batch) {
          throwIfAborted(walk.signal);
          isOver = !walk.isNext(object, total) || failures >= MOST_FAILURES;
          if (isOver) break;
          const verdict = await this.step(walk, object, total, result);
          failures = verdict === 'unanswered' ? failures + 1 : 0;
          if (verdict === 'unanswered' || verdict === 'unreadable' || verdict === 'gone') done.push(object.key);
        }
      }
    } finally {
      result.bytes = total.bytes;
      result.finishedAt = new Date().toISOString();
      await this.keep(walk, total, result);
    }
    return result;
  }

  private async step(
    walk: Walk,
    object: Candidate,
    total: ReadCost,
    result: PortionResult,
  ): Promise<Verdict | 'unanswered' | 'unreadable'> {
    const cost: ReadCost = { bytes: 0, milliseconds: 0 };
    let charged = 0;
    try {
      const verdict = await this.proof.prove(walk.providerId, walk.driver, object, cost, walk.signal);
      result.objects++;
      if (verdict === 'damaged' || verdict === 'missing') result[verdict]++;
      // Charged as if it was read: a storage that was emptied is not gone through in one go.
      if (verdict === 'missing') charged = object.size;
      return verdict;
    } catch (error) {
      throwIfAborted(walk.signal);
      const { code, message } = asAppError(error);
      this.logger.warn(`${object.key} could not be read back from the storage ${walk.providerId}: ${message}`);
      result.unreadable++;
      result.error = { code, message };
      if (NO_ANSWER.has(code)) return 'unanswered';
      if (this.unreadable.size < MOST_PASSED_OVER)
        this.unreadable.set(`${walk.providerId} ${object.key}`, Date.now() + PASS_OVER_MS);
      return 'unreadable';
    } finally {
      total.bytes += cost.bytes;
      total.milliseconds += cost.milliseconds;
      walk.credit.bytes -= Math.max(cost.bytes, charged);
      walk.credit.milliseconds -= cost.milliseconds;
    }
  }

  private passedOver(providerId: string, now: Date): string[] {
    for (const [key, until] of this.unreadable) if (until <= now.getTime()) this.unreadable.delete(key);
    const mine = `${providerId} `;
    return [...this.unreadable.keys()].flatMap((key) => (key.startsWith(mine) ? [key.slice(mine.length)] : []));
  }

  /** Nothing is written when nothing happened. */
  private async keep(walk: Walk, total: ReadCost, last: PortionResult): Promise<void> {
    if (last.objects === 0 && last.unreadable === 0 && !walk.isByHand) return;
    const state = await this.store.state(walk.providerId, new Date());
    const speed = total.milliseconds > 0 ? (total.bytes / total.milliseconds) * 1000 : state.bytesPerSecond;
    const credit = walk.isByHand ? state.credit : walk.credit;
    await this.store.keep(walk.providerId, { credit, bytesPerSecond: speed, last });
  }
}

interface Walk {
  providerId: string;
  driver: StorageDriver;
  credit: ProofCredit;
  isByHand: boolean;
  isNext(object: Candidate, done: ReadCost): boolean;
  signal: AbortSignal;
}

const empty = { objects: 0, bytes: 0, damaged: 0, missing: 0, unreadable: 0, error: null } as const;
