import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../common/errors/index.js';
import type { TaskAnswer } from '../node-protocol/index.js';

/** Sends an answer to the master; rejects with the master's AppError, or with one of the link. What may pass (`later`) is tried again. */
export type Tell = (answer: TaskAnswer) => Promise<void>;

type Part = Record<string, unknown>;

const MOST_PARTS = 200;
/** The master takes bodies of a megabyte. */
const MOST_CHARACTERS = 300_000;
const TELL_EVERY_MS = 300;
/** The master gives a task up that is silent for longer. */
const SIGN_OF_LIFE_MS = 8000;
const PAUSE_MS = 1000;
const PATIENCE_MS = 30_000;

/**
 * Tells the master what comes of a task: parts in lots, in order, and a sign of life when there is nothing to tell. Once the master no
 * longer wants it, `onGone` is called and nothing more is told.
 */
export class TaskTeller {
  private seq = 0;
  private parts: Part[] = [];
  private characters = 0;
  private toldAt = performance.now();
  private sending: Promise<void> = Promise.resolve();
  private isGone = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly tell: Tell,
    private readonly onGone: (error: unknown) => void,
    private readonly signal: AbortSignal,
  ) {
    this.timer = setInterval(() => this.tick(), TELL_EVERY_MS);
  }

  /** Takes a part; resolves when there is room for another one. */
  async add(part: Part): Promise<void> {
    const { length } = JSON.stringify(part);
    if (this.characters + length > MOST_CHARACTERS) await this.flush();
    this.parts.push(part);
    this.characters += length;
    if (this.parts.length >= MOST_PARTS) await this.flush();
  }

  /** Tells what is left and how it ended. */
  async end(end: Pick<TaskAnswer, 'result' | 'error'>): Promise<void> {
    clearInterval(this.timer);
    await this.flush(end);
  }

  /** Tells nothing more. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
  }

  private tick(): void {
    if (this.parts.length > 0 || performance.now() - this.toldAt > SIGN_OF_LIFE_MS) void this.flush();
  }

  private flush(end?: Pick<TaskAnswer, 'result' | 'error'>): Promise<void> {
    this.toldAt = performance.now();
    this.sending = this.sending.then(() => this.send(end));
    return this.sending;
  }

  /** Never rejects. */
  private async send(end: Pick<TaskAnswer, 'result' | 'error'> | undefined): Promise<void> {
    if (this.isGone) return;
    const { parts } = this;
    this.parts = [];
    this.characters = 0;
    this.seq += 1;
    const answer: TaskAnswer = { seq: this.seq, parts, isLast: end !== undefined, ...end };
    try {
      await this.untilTold(answer);
    } catch (error) {
      this.isGone = true;
      clearInterval(this.timer);
      this.onGone(error);
    }
  }

  /** Whoever reads it may be slow, and the link down. */
  private async untilTold(answer: TaskAnswer): Promise<void> {
    for (const began = performance.now(); ;) {
      try {
        await this.tell(answer);
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.retry !== 'later' || this.signal.aborted) throw error;
        // The link is back in time, or the master waits no more.
        if (error.code !== 'NODE_TASK_FULL' && performance.now() - began > PATIENCE_MS) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }
}
