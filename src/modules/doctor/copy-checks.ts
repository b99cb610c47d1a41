import type { EntityManager } from '@mikro-orm/postgresql';
import type { DiagnosticCheck } from '../../engine/ports/index.js';

const SHOWN = 5;
const NAME = 'copies';

interface LostRow {
  id: string;
  site_name: string;
  started_at: string;
  total: number;
}

interface BadRow {
  name: string;
  damaged: number;
  missing: number;
  sites: string[];
}

/** What the catalogue knows of damaged and missing objects: the backups that no storage has whole first, then storage by storage. */
export async function checkCopies(em: EntityManager): Promise<DiagnosticCheck[]> {
  const lost = await em.execute<LostRow[]>(
    `select b.id, b.site_name, b.started_at, count(*) over ()::int as total from backup b
      where b.deleting_at is null and not exists
        (select 1 from backup_copy c where c.backup_id = b.id and c.state in ('present', 'verified', 'uploading'))
      order by b.started_at desc, b.id desc limit ?`,
    [SHOWN],
  );
  const bad = await em.execute<BadRow[]>(
    `select coalesce(p.name, o.provider_id::text) as name, count(*) filter (where o.state = 'damaged')::int as damaged,
        count(*) filter (where o.state = 'missing')::int as missing,
        array_agg(distinct coalesce(s.name, o.site_id::text)) as sites
      from stored_object o left join storage_provider p on p.id = o.provider_id left join site s on s.id = o.site_id
      where o.state <> 'present' group by 1 order by 1`,
  );
  if (lost.length === 0 && bad.length === 0)
    return [{ name: NAME, status: 'ok', message: 'No stored object is known to be damaged or missing.' }];
  return [...(lost.length === 0 ? [] : [lostCheck(lost)]), ...bad.map((row) => badCheck(row))];
}

function lostCheck(rows: readonly LostRow[]): DiagnosticCheck {
  const total = rows[0]?.total ?? 0;
  const named = rows.map(
    ({ id, site_name: site, started_at: at }) =>
      `${id.slice(0, 18)} of ${site} (${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC)`,
  );
  const more = total > rows.length ? ` and ${total - rows.length} more` : '';
  return {
    name: NAME,
    status: 'failed',
    message: `${total === 1 ? '1 backup has' : `${total} backups have`} no whole copy on any storage: ${named.join(', ')}${more}. A restore of ${total === 1 ? 'it' : 'them'} may fail.`,
    hint: '`backupd repair <site>` puts together what the copies have right between them. What is lost everywhere does not come back: take a new backup (`backupd backup <site>`).',
  };
}

function badCheck({ name, damaged, missing, sites }: BadRow): DiagnosticCheck {
  const parts = [...(damaged > 0 ? [`${damaged} damaged`] : []), ...(missing > 0 ? [`${missing} missing`] : [])];
  const more = sites.length > SHOWN ? ` and ${sites.length - SHOWN} more sites` : '';
  return {
    name: `copies on ${name}`,
    status: 'warning',
    message: `Objects there: ${parts.join(', ')}; of ${sites.slice(0, SHOWN).join(', ')}${more}.`,
    hint: '`backupd repair <site>` copies them from a storage that has them whole; `backupd backups` marks the backups, `backupd proof` counts.',
  };
}
