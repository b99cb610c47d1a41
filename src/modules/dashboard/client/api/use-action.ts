import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { showProblem, showToast } from '../ui/toasts.tsx';
import { asProblem, type Problem } from './problem.ts';
import { invalidate } from './query-cache.ts';

export interface ActionOptions<T> {
  /** What a toast says when it is done. */
  success?: string | ((result: T) => string);
  /** Keys of queries that it changes, from their beginning. */
  invalidates?: readonly string[];
  /** Shows an error as a toast instead of leaving it to the page: for buttons in rows. */
  errorToast?: boolean;
}

export interface Action<Arguments extends unknown[], T> {
  /** Does it; resolves with the result, or undefined when it failed (`error` says why). Ignored while it runs. */
  run: (...args: Arguments) => Promise<T | undefined>;
  pending: boolean;
  error: Problem | null;
  reset: () => void;
}

/** Something that changes the server, with what a button and an error line need to know of it. */
export function useAction<Arguments extends unknown[], T>(
  act: (...args: Arguments) => Promise<T>,
  options: ActionOptions<T> = {},
): Action<Arguments, T> {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<Problem | null>(null);
  const latest = useRef({ act, options });
  latest.current = { act, options };
  const isRunning = useRef(false);
  const isMounted = useRef(true);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  const run = useCallback(async (...args: Arguments): Promise<T | undefined> => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    setPending(true);
    setError(null);
    try {
      const result = await latest.current.act(...args);
      const { success, invalidates } = latest.current.options;
      if (invalidates !== undefined && invalidates.length > 0) invalidate(...invalidates);
      if (success !== undefined) showToast(typeof success === 'string' ? success : success(result));
      return result;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (latest.current.options.errorToast === true) showProblem(problem);
      else if (isMounted.current) setError(problem);
      return undefined;
    } finally {
      isRunning.current = false;
      if (isMounted.current) setPending(false);
    }
  }, []);
  const reset = useCallback(() => setError(null), []);
  return { run, pending, error, reset };
}
