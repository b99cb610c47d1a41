import type { Samples } from '../report/results.js';
import type { Workshop } from '../workshop.js';

/** What a row measures; `null` when it can't be measured here (it has said why). */
export interface Measured {
  samples: Samples;
  facts?: Record<string, number>;
}
export type Row = (shop: Workshop) => Promise<Measured | null>;
