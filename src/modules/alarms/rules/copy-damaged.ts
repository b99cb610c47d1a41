import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmRule, Finding, Look } from './alarm-rule.js';

const SHOWN = 5;

interface Row {
  id: string;
  name: string;
  damaged: number;
  missing: number;
  lost: number;
  sites: string[];
  repairing: number;
}

/** Copies that are damaged or missing, by storage; critical when a backup is whole nowhere. */
export const copyDamaged: AlarmRule = {
  kind: AlarmKind.CopyDamaged,
  everyMinutes: 1,
  afterJob: 'everything',
  async find({ em }: Look): Promise<Finding[]> {
    const rows = await em.execute<Row[]>(
      `select p.id, p.name, count(*) filter (where c.state = 'damaged')::int as damaged,
          count(*) filter (where c.state = 'missing')::int as missing,
          count(*) filter (where not exists (select 1 from backup_copy o where o.backup_id = c.backup_id
            and o.state in ('present', 'verified', 'uploading')))::int as lost,
          array_agg(distinct b.site_name) as sites,
          count(distinct b.site_id) filter (where exists (select 1 from job j where j.site_id = b.site_id and j.kind = 'repair'
            and j.status in ('pending', 'running')))::int as repairing
        from backup_copy c join backup b on b.id = c.backup_id join storage_provider p on p.id = c.provider_id
        where c.state in ('damaged', 'missing') and b.deleting_at is null and b.expires_at is null and p.enabled
        group by p.id, p.name`,
    );
    return rows.map(found);
  },
};

function found({ id, name, damaged, missing, lost, sites, repairing }: Row): Finding {
  const copies = [...(damaged > 0 ? [`${damaged} damaged`] : []), ...(missing > 0 ? [`${missing} missing`] : [])].join(
    ', ',
  );
  const more = sites.length > SHOWN ? ` and ${sites.length - SHOWN} more` : '';
  const repair =
    repairing > 0
      ? `A repair of ${repairing === 1 ? 'a site' : `${repairing} sites`} is under way.`
      : 'The next hourly repair brings back what another storage has whole.';
  const whole =
    lost === 0
      ? repair
      : `${lost === 1 ? 'One backup is' : `${lost} backups are`} whole on no storage: the next backup stores the content again.`;
  return {
    subject: id,
    providerId: id,
    severity: lost > 0 ? Severity.Critical : Severity.Warning,
    message: `Copies of backups on the storage "${name}" are not good (${copies}), of ${sites.slice(0, SHOWN).join(', ')}${more}. ${whole}`,
    hint: '`backupd doctor` names the backups; `backupd repair <site>` repairs now. If it comes again, the disk or the service is not sound.',
    context: { damaged, missing, lost, sites: sites.length, repairing },
  };
}
