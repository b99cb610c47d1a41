import { type AppError, cancelledError } from '../../common/errors/index.js';
import { watchHearing } from './deaf-watch.js';
import { StallWatch } from './stall-watch.js';

export interface WatchedOptions {
  /** What it is called in messages. */
  name: string;
  /** Raised to stop it. */
  stop: AbortSignal;
  stallMs: number;
  /** How long it may take to hear that it was stopped; asked when it is. */
  deafMs: () => number;
  /** It does not hear, and why it was stopped. */
  tell: (why: AppError) => void;
}

/** Does what comes before the stages of a run: it is stopped like a stage when it stands still, and told of when it does not hear. */
export async function watched<T>(work: (signal: AbortSignal) => Promise<T>, options: WatchedOptions): Promise<T> {
  const { stop } = options;
  const watch = new StallWatch(options.name, { limitMs: options.stallMs });
  const signal = AbortSignal.any([stop, watch.signal]);
  const why = (): AppError => (stop.aborted ? cancelledError() : watch.error());
  const hears = watchHearing(signal, options.deafMs, () => options.tell(why()), stop);
  try {
    const done = await work(signal);
    if (!watch.signal.aborted) return done;
  } catch (error) {
    if (!watch.signal.aborted || stop.aborted) throw error;
  } finally {
    hears();
    watch.end();
  }
  throw why();
}
