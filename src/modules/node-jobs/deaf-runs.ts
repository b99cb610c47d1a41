import { ToldOnce } from './told-once.js';

/** Runs that were let go as a stage of theirs does not hear: their jobs have ended, and they still work on what is theirs. */
export class DeafRuns {
  /** Jobs of runs that have ended since. */
  readonly cleared = new ToldOnce();
  private readonly alive = new Map<string, Promise<void>>();

  /** `over` never rejects. */
  add(jobId: string, over: Promise<void>): void {
    this.alive.set(jobId, this.follow(jobId, over));
  }

  has(jobId: string): boolean {
    return this.alive.has(jobId);
  }

  /** Resolves when no such run of the job is left. */
  async ended(jobId: string): Promise<void> {
    await this.alive.get(jobId);
  }

  private async follow(jobId: string, over: Promise<void>): Promise<void> {
    await over;
    this.alive.delete(jobId);
    this.cleared.add(jobId);
  }
}
