import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line says that is logged while something is done. */
export interface LogContext {
  requestId?: string;
  jobId?: string;
  siteId?: string;
  /** Blots secrets of that work out of a text. */
  blot?: (text: string) => string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Does the work; what is logged meanwhile, however deep, carries the context in addition to what it carries already. */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

/** From here on the present work has this too. Does nothing outside of `withLogContext`. */
export function addToLogContext(more: LogContext): void {
  const context = storage.getStore();
  if (context !== undefined) Object.assign(context, more);
}

export function logContext(): Readonly<LogContext> {
  return storage.getStore() ?? {};
}
