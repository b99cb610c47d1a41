import { createContext, Script } from 'node:vm';

const script = new Script('run()');
const sandbox: { run: (() => unknown) | null } = { run: null };
const context = createContext(sandbox);

/**
 * Runs synchronous work with a time limit that ends even a busy loop. A tenant's file must never hang the daemon.
 * @throws an error with code ERR_SCRIPT_EXECUTION_TIMEOUT when the time is over
 */
export function withTimeLimit<T>(milliseconds: number, work: () => T): T {
  // Within work that is limited already, its limit holds.
  if (sandbox.run !== null) return work();
  let result: { value: T } | undefined;
  sandbox.run = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } finally {
    sandbox.run = null;
  }
  if (result === undefined) throw new Error('the work did not finish');
  return result.value;
}
