import type { ManifestEntry } from '../manifest/index.js';

/** Entries whose content lies close together in one bundle, in rising order: one transfer. */
export interface Run {
  entries: ManifestEntry[];
  /** Null when none of them has content. */
  range: { bundle: number; start: number; end: number } | null;
}

const MAX_ENTRIES = 2000;
/** A run may grow by further entries up to this; one entry may be larger. */
const MAX_RUN_BYTES = 64 * 1024 * 1024;
/** Bytes worth fetching in vain rather than asking again. */
const MAX_GAP_BYTES = 256 * 1024;

/** Groups entries into runs, keeping their order. Holds one run at a time. */
export async function* intoRuns(entries: AsyncIterable<ManifestEntry> | Iterable<ManifestEntry>): AsyncGenerator<Run> {
  let run: Run = { entries: [], range: null };
  for await (const entry of entries) {
    if (run.entries.length >= MAX_ENTRIES || !fits(run, entry)) {
      yield run;
      run = { entries: [], range: null };
    }
    run.entries.push(entry);
    if (entry.in === undefined) continue;
    const end = entry.in.offset + entry.in.length;
    if (run.range === null) run.range = { bundle: entry.in.bundle, start: entry.in.offset, end };
    else run.range.end = Math.max(run.range.end, end);
  }
  if (run.entries.length > 0) yield run;
}

function fits({ range }: Run, { in: location }: ManifestEntry): boolean {
  if (location === undefined || range === null) return true;
  if (location.bundle !== range.bundle || location.offset < range.start) return false;
  const end = location.offset + location.length;
  if (end <= range.end) return true;
  return location.offset <= range.end + MAX_GAP_BYTES && end - range.start <= MAX_RUN_BYTES;
}
