import type { ParentBackup } from '../manifest/index.js';
import { knownFromParent } from './from-parent.js';
import type { SharedKnownContent } from './types.js';

/** The pieces of the parent's dump that are stored already. `recordPath`: a file in the work folder for the records. */
export async function knownChunks(parent: ParentBackup, recordPath: string): Promise<SharedKnownContent> {
  const [from, to] = [Buffer.from('database/'), Buffer.from('external')];
  return knownFromParent({ parent, recordPath, from, to, wants: () => true });
}
