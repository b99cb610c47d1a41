import type { EntityManager } from '@mikro-orm/postgresql';
import { bytes } from '../../common/sizes.js';
import type { DiagnosticCheck } from '../../engine/ports/index.js';

/** How much disk failed backups keep for a retry, and until when. */
export async function checkKept(em: EntityManager): Promise<DiagnosticCheck> {
  const [row] = await em.execute<{ jobs: number; bytes: string | null; until: string | Date | null }[]>(
    'select count(*)::int as jobs, sum(kept_bytes) as bytes, max(kept_until) as until from job where kept_until is not null',
  );
  const name = 'kept work';
  if (row === undefined || row.jobs === 0 || row.until === null)
    return { name, status: 'ok', message: 'No failed backup keeps anything for a retry.' };
  const size = bytes(Number(row.bytes ?? 0));
  const until = `${new Date(row.until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const which = row.jobs === 1 ? '1 failed backup keeps' : `${row.jobs} failed backups keep`;
  return {
    name,
    status: 'ok',
    message: `${which} ${size} in the work folder for a retry, until ${until} at the latest.`,
    hint: '`backupd jobs list --status failed` shows them, `backupd jobs retry <job>` goes on with one; the next backup of the site frees it.',
  };
}
