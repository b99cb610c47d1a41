import type { SiteAlarms } from '../../sites/index.js';
import { AlarmKind, Severity } from '../alarm.entity.js';
import type { AlarmLimits } from '../alarm-settings.js';
import { type AlarmRule, type Finding, type Look, onlySites } from './alarm-rule.js';

/** After so many more backups at the new level it is how things are now. */
const SETTLED_AFTER = 2;
/** So much less is critical. */
const NEARLY_ALL = 90;

interface Level {
  id: string;
  bytes: number;
  files: number;
  rows: number | null;
}

interface Row {
  id: string;
  name: string;
  alarms: SiteAlarms | null;
  /** The newest first. */
  backups: Level[];
  acknowledged: string[];
}

const MEASURES = [
  { name: 'bytes', what: 'bytes', limit: 'sizePercent' },
  { name: 'files', what: 'files', limit: 'filesPercent' },
  { name: 'rows', what: 'rows', limit: 'rowsPercent' },
] as const;

/** What has become less. */
export interface Fall {
  measure: 'bytes' | 'files' | 'rows';
  before: number;
  now: number;
  percent: number;
  /** The last backup before, and the first one after. */
  fullBackupId: string;
  backupId: string;
}

/**
 * The falls by more than the limits among the newest backups (newest first), as long as no later one is above the limit again and at
 * most one more has confirmed the new level. What fell with an acknowledged backup is meant: from there on it is measured anew.
 */
export function falls(
  backups: readonly Level[],
  limits: Record<(typeof MEASURES)[number]['limit'], number>,
  acknowledged: readonly string[] = [],
): Fall[] {
  return MEASURES.flatMap(({ name, limit }) => {
    const percent = limits[limit];
    if (percent === 0) return [];
    for (let after = SETTLED_AFTER - 1; after >= 0; after -= 1) {
      const reference = backups[after + 1];
      const first = backups[after];
      const before = reference?.[name] ?? null;
      if (reference === undefined || first === undefined || before === null) continue;
      if (acknowledged.includes(first.id)) continue;
      const level = before * (1 - percent / 100);
      const later = backups.slice(0, after + 1).map((each) => each[name] ?? null);
      const newest = later[0] ?? null;
      if (newest === null || !later.every((value) => value !== null && value < level)) continue;
      const fell = Math.round((1 - newest / before) * 100);
      return [{ measure: name, before, now: newest, percent: fell, fullBackupId: reference.id, backupId: first.id }];
    }
    return [];
  });
}

/** The newest backup is much smaller than the one before: what went missing would soon be gone from all backups. */
export const backupShrunk: AlarmRule = {
  kind: AlarmKind.BackupShrunk,
  everyMinutes: 10,
  afterJob: 'site',
  async find(look: Look): Promise<Finding[]> {
    const only = onlySites(look);
    const rows = await look.em.execute<Row[]>(
      `select s.id, s.name, s.alarms, l.backups,
          coalesce((select jsonb_agg(f->>'backupId') from alarm a, jsonb_array_elements(a.context->'falls') f
            where a.kind = 'backup.shrunk' and a.site_id = s.id and a.acknowledged_at is not null), '[]'::jsonb) as acknowledged
        from site s cross join lateral (
          select jsonb_agg(jsonb_build_object('id', w.id, 'bytes', w.source_bytes, 'files', w.file_count, 'rows', w.row_count)
                order by w.started_at desc, w.id desc) as backups,
              bool_or(w.source_bytes < w.bytes_before or w.file_count < w.files_before or w.row_count < w.rows_before) as fell
            from (select n.*, lead(n.source_bytes) over newest_first as bytes_before,
                lead(n.file_count) over newest_first as files_before, lead(n.row_count) over newest_first as rows_before
              from (select id, started_at, source_bytes, file_count, row_count from backup
                where site_id = s.id and deleting_at is null order by started_at desc, id desc limit ${SETTLED_AFTER + 1}) n
              window newest_first as (order by n.started_at desc, n.id desc)) w) l
        where not s.paused and l.fell ${only.sql}`,
      only.values,
    );
    return rows.flatMap((row) => found(row, look.limits));
  },
};

function found({ id, name, alarms, backups, acknowledged }: Row, limits: AlarmLimits): Finding[] {
  const own = {
    sizePercent: alarms?.sizePercent ?? limits.sizePercent,
    filesPercent: alarms?.filesPercent ?? limits.filesPercent,
    rowsPercent: alarms?.rowsPercent ?? limits.rowsPercent,
  };
  const fallen = falls(backups, own, acknowledged);
  const [first] = fallen;
  if (first === undefined) return [];
  const parts = fallen.map(
    ({ measure, percent, before, now }) => `${percent} % fewer ${measure} (${before} before, ${now} now)`,
  );
  return [
    {
      subject: id,
      siteId: id,
      severity: fallen.some(({ percent }) => percent >= NEARLY_ALL) ? Severity.Critical : Severity.Warning,
      message: `The backups of "${name}" have become smaller: ${parts.join(', ')}.`,
      hint: `See what is gone: \`backupd diff ${first.backupId}\`. Keep what was there before: \`backupd backups pin ${first.fullBackupId}\`. If it is meant: \`backupd alarms ack <alarm>\`; two more backups of that size clear it too.`,
      context: {
        backupId: first.backupId,
        fullBackupId: first.fullBackupId,
        falls: fallen.map(({ measure, before, now, percent, backupId }) => ({
          measure,
          before,
          now,
          percent,
          backupId,
        })),
      },
    },
  ];
}
