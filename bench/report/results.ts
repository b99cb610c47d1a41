import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowName } from '../options.js';
import type { Sample, ToolName } from '../tools/tool.js';

export type Samples = Partial<Record<ToolName, Sample[]>>;

/** What one row measured. */
export interface RowResult {
  row: RowName;
  /** Day of the run, and the commit it measured. */
  day: string;
  commit: string;
  samples: Samples;
  /** Single figures: bytes, milliseconds or counts, by names that say which. */
  facts: Record<string, number>;
}

/** All that was measured last, by row. */
export interface Results {
  machine: Record<string, string>;
  rows: RowResult[];
}

const FILE = 'results.json';

/** The results kept in a folder; none where there are none yet. */
export function loadResults(folder: string): Results {
  const file = join(folder, FILE);
  if (!existsSync(file)) return { machine: {}, rows: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

export function saveResults(folder: string, results: Results): void {
  writeFileSync(join(folder, FILE), `${JSON.stringify(results, rounded, 1)}\n`);
}

/** Times to a millisecond: more digits are noise. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
