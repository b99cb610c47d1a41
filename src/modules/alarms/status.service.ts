import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AlarmWatch } from './alarm-watch.js';
import { Alarm, type AlarmKind } from './alarm.entity.js';
import type { StatusDto } from './dto/status.dto.js';
import { toAlarmDto } from './dto/alarm.dto.js';
import { minuteOf } from './rules/alarm-rule.js';

const SHOWN = 20;

const hasAlarm = 'exists (select 1 from alarm a where a.site_id = s.id and a.cleared_at is null)';
/** One that a storage has whole. Nobody looks at those that are disabled: what lies there may be gone. */
const hasBackup = `exists (select 1 from backup b join backup_copy c on c.backup_id = b.id
    join storage_provider p on p.id = c.provider_id and p.enabled
  where b.site_id = s.id and b.deleting_at is null and c.state in ('present', 'verified'))`;

interface Figures {
  sites: number;
  paused: number;
  safe: number;
  critical: number;
  warning: number;
  acknowledged: number;
  /** Nobody has said yet when backups are made; a schedule that says `never` is an answer too. */
  unscheduled: boolean;
  schedules: number;
  schedules_paused: number;
  last_proof_at: string | null;
}

/** Whether all is well, in one sentence. */
@Injectable()
export class StatusService {
  constructor(
    private readonly orm: MikroORM,
    private readonly watch: AlarmWatch,
  ) {}

  /**
   * A site is safe when it has a backup that an enabled storage has whole, and no open alarm is about it. Acknowledged alarms do not
   * count as news. `within`: as if there were only these sites; null = all.
   */
  async show(within: ReadonlySet<string> | null = null, now = new Date()): Promise<StatusDto> {
    const em = this.orm.em.fork();
    const ids = within === null ? null : `{${[...within].join()}}`;
    const [figures] = await em.execute<Figures[]>(
      `with seen as (select ?::uuid[] as ids),
          s as (select site.* from site, seen where seen.ids is null or site.id = any(seen.ids)),
          told as (select a.* from alarm a, seen where a.cleared_at is null and (seen.ids is null or a.site_id = any(seen.ids)))
        select count(*) filter (where not s.paused)::int as sites, count(*) filter (where s.paused)::int as paused,
          count(*) filter (where not s.paused
            and not ${hasAlarm} and ${hasBackup})::int as safe,
          (select count(*)::int from told where acknowledged_at is null and severity = 'critical') as critical,
          (select count(*)::int from told where acknowledged_at is null and severity = 'warning') as warning,
          (select count(*)::int from told where acknowledged_at is not null) as acknowledged,
          not exists (select 1 from schedule where kind = 'backup') as unscheduled,
          (select count(*)::int from schedule where kind = 'backup' and rhythm->>'every' <> 'never') as schedules,
          (select count(*)::int from schedule where kind = 'backup' and rhythm->>'every' <> 'never' and paused) as schedules_paused,
          case when (select ids from seen) is null
            then (select max(r.read_at) from storage_provider p cross join lateral
              (select max(o.read_at) as read_at from stored_object o where o.provider_id = p.id) r)
            else (select max(o.read_at) from stored_object o, seen where o.site_id = any(seen.ids)) end as last_proof_at
        from s`,
      [ids],
    );
    if (figures === undefined) throw new Error('a count has a row');
    const open = await em.find(
      Alarm,
      { clearedAt: null, acknowledgedAt: null, ...(within === null ? {} : { siteId: { $in: [...within] } }) },
      { orderBy: { severity: 'asc', raisedAt: 'desc', id: 'desc' }, limit: SHOWN },
    );
    const unsafe = await em.execute<{ id: string; name: string }[]>(
      `select s.id, s.name from site s where (?::uuid[] is null or s.id = any(?::uuid[]))
          and not s.paused and not ${hasAlarm} and not ${hasBackup} order by s.name limit ?`,
      [ids, ids, SHOWN],
    );
    const proof = figures.last_proof_at === null ? null : new Date(figures.last_proof_at);
    const { sites, paused, safe, critical, warning, acknowledged, schedules_paused: pausedSchedules } = figures;
    const blindTo = this.watch.blindTo(now);
    const isWell = warning === 0 && safe === sites && sites > 0 && !nothingRuns(figures) && blindTo.length === 0;
    return {
      level: critical > 0 ? 'critical' : isWell ? 'ok' : 'warning',
      sentence: sentenceOf(figures, blindTo, proof),
      sites: { total: sites, safe, paused },
      alarms: { critical, warning, acknowledged },
      lastProofAt: proof?.toISOString() ?? null,
      open: open.map(toAlarmDto),
      withoutBackup: unsafe,
      pausedSchedules,
      blindTo,
    };
  }
}

/** There is no schedule, or each is paused: perhaps for a night, perhaps forgotten. No backup is overdue then, however old. */
const nothingRuns = ({ unscheduled, schedules, schedules_paused: paused }: Figures): boolean =>
  unscheduled || (schedules > 0 && paused === schedules);

const UNSCHEDULED = 'No schedule of backups is set (`backupd schedule set daily 02:00`)';
const RESTING = 'All schedules of backups are paused';

function sentenceOf(figures: Figures, blindTo: readonly AlarmKind[], proof: Date | null): string {
  const { sites, safe, paused, critical, warning, schedules_paused: pausedSchedules } = figures;
  const proven = proof === null ? 'Nothing has been read back yet.' : `Last proof: ${minuteOf(proof)}.`;
  const alarms = [
    ...(critical > 0 ? [`${critical} critical ${critical === 1 ? 'alarm' : 'alarms'}`] : []),
    ...(warning > 0 ? [`${warning} ${warning === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  const resting = pausedSchedules === 1 ? '1 schedule of backups is' : `${pausedSchedules} schedules of backups are`;
  const told = [
    ...(alarms.length === 0 ? [] : [` ${alarms.join(', ')}.`]),
    ...(nothingRuns(figures)
      ? [` ${figures.unscheduled ? UNSCHEDULED : RESTING}: nothing is backed up by itself.`]
      : []),
    ...(pausedSchedules > 0 && !nothingRuns(figures) ? [` ${resting} paused.`] : []),
    ...(blindTo.length === 0 ? [] : [` Could not be looked at lately (see the log): ${blindTo.join(', ')}.`]),
  ].join('');
  if (sites === 0)
    return paused === 0
      ? `There is no site yet: nothing is backed up.${told}`
      : `All ${paused} sites are paused: nothing is backed up.${told}`;
  if (safe === sites) {
    const all = sites === 1 ? 'The one site is safe.' : `All ${sites} sites are safe.`;
    return `${all}${told} ${proven}`;
  }
  return `${safe} of ${sites} ${sites === 1 ? 'site is' : 'sites are'} safe.${told} ${proven}`;
}
