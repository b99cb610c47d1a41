import { AlarmKind, Severity } from '../alarm.entity.js';
import { type AlarmRule, type Finding, type Look, onlySites } from './alarm-rule.js';

interface Row {
  id: string;
  name: string;
  backup_id: string;
  job_id: string;
  warnings: number;
  first: string | null;
}

/** The newest backup ended with warnings: something is not in it as it was. */
export const backupPartial: AlarmRule = {
  kind: AlarmKind.BackupPartial,
  everyMinutes: 1,
  afterJob: 'site',
  async find(look: Look): Promise<Finding[]> {
    const only = onlySites(look);
    const rows = await look.em.execute<Row[]>(
      `select s.id, s.name, b.id as backup_id, b.job_id, b.warning_count as warnings,
          (select j.warnings->0->>'message' from job j where j.id = b.job_id) as first
        from site s cross join lateral (
          select n.id, n.job_id, n.warning_count from backup n where n.site_id = s.id and n.deleting_at is null
            order by n.started_at desc, n.id desc limit 1) b
        where not s.paused and b.warning_count > 0 ${only.sql}`,
      only.values,
    );
    return rows.map(({ id, name, backup_id: backupId, job_id: jobId, warnings, first }) => ({
      subject: id,
      siteId: id,
      severity: Severity.Warning,
      message: `The newest backup of "${name}" is partial: ${warnings === 1 ? '1 warning' : `${warnings} warnings`}${first === null ? '.' : `, the first: ${first}`}`,
      hint: `\`backupd jobs show ${jobId}\` lists them. The next backup without warnings clears this.`,
      context: { backupId, jobId, warnings },
    }));
  },
};
