import { listPointers, readPointer, writeJournal } from './journal.js';
import { rollBackFileRestore } from './recover.js';
import { openStaging } from './staging.js';

/**
 * Completes restores of files that were activated and then cut off: the new state stays, the old one is removed. For
 * jobs that had passed their own point of no return. Those not yet activated are rolled back. Idempotent.
 */
export async function finishFileRestores(workDir: string): Promise<void> {
  for (const label of listPointers(workDir)) {
    const pointer = readPointer(workDir, label);
    const open = pointer === null ? null : openStaging(pointer.base, pointer.stagingName);
    if (open !== null) {
      try {
        if (open.journal?.phase === 'activated') writeJournal(open.staging, { ...open.journal, phase: 'committed' });
      } finally {
        open.close();
      }
    }
    await rollBackFileRestore(workDir, label);
  }
}
