import type { RunEvent } from '../../engine/runner/index.js';
import type { ReportedEnd } from '../node-protocol/index.js';

/** What a run tells at a good end. */
export const completed: ReportedEnd = {
  outcome: 'completed',
  stage: null,
  error: null,
  result: { bytes: 1 },
  keptBytes: null,
  cutOff: false,
};

/** A note of no stage. */
export const note = (message: string): RunEvent[] => [{ type: 'job.note', data: { stage: null, message } }];
