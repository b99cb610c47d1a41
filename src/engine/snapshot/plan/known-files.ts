import { join } from 'node:path';
import { knownFromParent, SizeFilter, type SharedKnownContent } from '../known-content/index.js';
import type { ParentBackup } from '../manifest/index.js';
import { readLineFile } from '../work/index.js';
import { PLAN_FILE, type PlanItem, type PlanSummary } from './types.js';

export const KNOWN_FILES = 'files.known';

/**
 * The content of the parent's files that a planned file could have (it was moved, copied, touched), by size; null when none
 * can. The plan and the parent's manifest are read once each. The record file is `<workDir>/files.known`.
 */
export async function knownFiles(
  workDir: string,
  plan: PlanSummary,
  parent: ParentBackup | null,
): Promise<SharedKnownContent | null> {
  if (parent === null || plan.bytes === 0) return null;
  const sizes = new SizeFilter();
  for await (const item of readLineFile<PlanItem>(join(workDir, PLAN_FILE)))
    if (item.kind === 'entry' && item.type === 'file' && item.size > 0) sizes.add(item.size);
  const known = await knownFromParent({
    parent,
    recordPath: join(workDir, KNOWN_FILES),
    from: Buffer.from('external'),
    to: Buffer.from('files0'),
    wants: (size) => sizes.has(size),
  });
  return known.entries === 0 ? null : known;
}
