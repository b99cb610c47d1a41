import { AlarmKind, Severity } from '../alarm.entity.js';
import { type AlarmRule, type Finding, type Look, onlySites } from './alarm-rule.js';

/** From so many failures in a row on it is critical. */
const MANY = 3;

interface Row {
  id: string;
  name: string;
  job_id: string;
  error: { code: string; message: string; hint: string | null } | null;
  failures: number;
  saved: boolean;
}

/** The last backup job failed; cleared by the next one that does not. Critical when there is no backup at all, or again and again. */
export const backupFailed: AlarmRule = {
  kind: AlarmKind.BackupFailed,
  everyMinutes: 1,
  afterJob: 'site',
  async find(look: Look): Promise<Finding[]> {
    const only = onlySites(look);
    const rows = await look.em.execute<Row[]>(
      `select s.id, s.name, j.id as job_id, j.error,
          exists (select 1 from backup b where b.site_id = s.id and b.deleting_at is null) as saved,
          (select count(*)::int from job f where f.site_id = s.id and f.kind = 'backup' and f.status = 'failed'
            and f.created_at > coalesce((select max(c.created_at) from job c
              where c.site_id = s.id and c.kind = 'backup' and c.status = 'completed'), '-infinity')) as failures
        from site s cross join lateral (
          select l.id, l.status, l.error from job l
            where l.site_id = s.id and l.kind = 'backup' and l.status in ('completed', 'failed')
            order by l.created_at desc, l.id desc limit 1) j
        where not s.paused and j.status = 'failed' ${only.sql}`,
      only.values,
    );
    return rows.map(found);
  },
};

function found({ id, name, job_id: jobId, error, failures, saved }: Row): Finding {
  const times = failures > 1 ? ` (${failures} times in a row)` : '';
  const none = saved ? '' : ' It has no backup at all.';
  return {
    subject: id,
    siteId: id,
    severity: failures >= MANY || !saved ? Severity.Critical : Severity.Warning,
    message: `The backup of "${name}" failed${times}: ${error?.message ?? 'no reason is known.'}${none}`,
    hint: `${error?.hint ?? ''} \`backupd jobs show ${jobId}\` has the details; \`backupd jobs retry ${jobId}\` tries again, from what it keeps.`.trim(),
    context: { jobId, code: error?.code ?? null, failures },
  };
}
