import { asAppError } from '../../common/errors/index.js';
import type { BackupDesk, EarlierBackup } from '../../engine/plans/index.js';
import type { JobJournal } from '../../engine/ports/index.js';
import type {
  AdmitRequest,
  BackupOrder,
  BeginAnswer,
  BeginRequest,
  CommitRequest,
  DamagedAnswer,
  EarlierBackupFacts,
  ParentsAnswer,
} from '../node-protocol/index.js';
import { destinationOf } from './remote-storage.js';
import type { RunLink } from './run-link.js';

/** What the making of a backup asks of the catalogue, asked of the master. */
export function remoteDesk(order: BackupOrder, link: RunLink): BackupDesk {
  const candidates = order.candidates.map((place) => destinationOf(place, link));
  return {
    choices: () => Promise.resolve({ mode: order.mode, candidates, absent: order.absent }),
    parentsFor: async (providerIds, limit) => {
      const { backups } = await link.ask<ParentsAnswer>('parents', { providerIds, limit });
      return backups.map(earlierOf);
    },
    earlier: async (backupId) => {
      try {
        return earlierOf(await link.ask<EarlierBackupFacts>(`parents/${backupId}`, {}));
      } catch (error) {
        if (asAppError(error).code === 'BACKUP_NOT_FOUND') return null;
        throw error;
      }
    },
    damagedOf: async (keys, providerIds) => {
      const found = new Set<string>();
      for (let from = 0; from < keys.length; from += MOST_KEYS) {
        const some = { keys: keys.slice(from, from + MOST_KEYS), providerIds };
        for (const key of (await link.ask<DamagedAnswer>('damaged', some)).keys) found.add(key);
      }
      return found;
    },
    mayBegin: async (run) => {
      const providerIds = run.destinations.map(({ providerId }) => providerId);
      const body: BeginRequest = { providerIds, parentId: await run.parentId() };
      tellJournal(run.journal, await link.ask<BeginAnswer>('begin', body, { signal: run.signal }));
    },
    admit: async (run, { providerId }, bytes) => {
      const body: AdmitRequest = { providerId, bytes, parentId: await run.parentId() };
      tellJournal(run.journal, await link.ask<BeginAnswer>('admit', body, { signal: run.signal, answerMs: ADMIT_MS }));
    },
    commit: async ({ startedAt: _startedAt, backupId: _backupId, siteId: _siteId, jobId: _jobId, ...made }) => {
      await link.ask('commit', made satisfies CommitRequest, { answerMs: ADMIT_MS });
    },
  };
}

const MOST_KEYS = 1000;
/** Room may have to be made, or many objects be looked at. */
const ADMIT_MS = 10 * 60_000;

function earlierOf({ startedAt, ...facts }: EarlierBackupFacts): EarlierBackup {
  return { ...facts, startedAt: new Date(startedAt) };
}

/** What the master noted while it did what was asked. */
export function tellJournal(journal: JobJournal, { notes, warnings }: BeginAnswer): void {
  for (const { message, context } of notes) journal.note(message, safe(context));
  for (const warning of warnings) journal.warn(warning);
}

/** What a journal takes. */
function safe(context: Record<string, unknown>): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => [
      name,
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null,
    ]),
  );
}
