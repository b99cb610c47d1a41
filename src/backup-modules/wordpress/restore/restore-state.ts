import type { RestoreStageContext } from '../../../engine/ports/index.js';
import { MySqlRestore } from '../db-restore/index.js';
import type { MySqlCredentials } from '../types.js';

const CHECKPOINT = 'restore';

/** What a roll-back after a crash needs; kept durably in the work folder. */
export interface RestoreState {
  /** The target's account, sealed; null when no MySQL database is restored. */
  sealedTarget: string | null;
  tablePrefix: string;
  keepTables: readonly string[];
  /** Everything is in place: from here on the restore is finished, not taken back. */
  finishing: boolean;
}

type AnyContext = Omit<RestoreStageContext, 'source'>;

export async function readState(context: AnyContext): Promise<RestoreState> {
  const state = await context.checkpoints.get<RestoreState>(CHECKPOINT);
  return state ?? { sealedTarget: null, tablePrefix: '', keepTables: [], finishing: false };
}

export async function writeState(context: AnyContext, state: RestoreState): Promise<void> {
  await context.checkpoints.set(CHECKPOINT, state);
}

/** The restore of the database that a state describes; null when there is none. */
export function mysqlRestoreOf(
  context: AnyContext,
  state: RestoreState,
  admin: MySqlCredentials | null,
): MySqlRestore | null {
  if (state.sealedTarget === null) return null;
  // Sealed by us.
  const target: MySqlCredentials = JSON.parse(context.sealer.reveal(state.sealedTarget));
  return new MySqlRestore({
    jobId: context.jobId,
    workDir: context.workDir,
    safetyDir: context.safetyDir,
    target,
    tablePrefix: state.tablePrefix,
    admin,
    keepTables: state.keepTables,
    journal: context.journal,
    signal: context.signal,
  });
}
