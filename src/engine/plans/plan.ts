import type { StageContext } from '../ports/index.js';
import type { JobPlan } from '../runner/index.js';

/** What every stage gets, before the site and what is the kind's own are added. */
export type RunContext = Omit<StageContext, 'site'>;

/** A plan to run, and what the finished job shows. A plain object. */
export interface PreparedPlan extends JobPlan {
  /** Secrets of the site that must never appear in what is recorded. */
  readonly secrets: readonly string[];
  /** An earlier attempt did it all and was cut off before it could say so: nothing is run. */
  readonly alreadyDone?: boolean;
  result(): Record<string, unknown> | null;
}
