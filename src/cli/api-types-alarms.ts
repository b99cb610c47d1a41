/** An alarm, as `GET /alarms` gives it. */
export interface AlarmDto {
  id: string;
  kind: string;
  subject: string;
  severity: 'warning' | 'critical';
  siteId: string | null;
  providerId: string | null;
  message: string;
  hint: string | null;
  context: Record<string, unknown>;
  raisedAt: string;
  lastSeenAt: string;
  clearedAt: string | null;
  acknowledgedAt: string | null;
  acknowledgedBy: string | null;
}

/** Limits; see `GET /alarms/settings`. */
export interface AlarmSettingsDto {
  graceMinutes: number | null;
  sizePercent: number;
  filesPercent: number;
  rowsPercent: number;
  quotaPercent: number;
  diskPercent: number;
}

/** Whether all is well: `GET /status`. */
export interface StatusDto {
  level: 'ok' | 'warning' | 'critical';
  sentence: string;
  sites: { total: number; safe: number; paused: number };
  alarms: { critical: number; warning: number; acknowledged: number };
  lastProofAt: string | null;
  open: AlarmDto[];
  withoutBackup: { id: string; name: string }[];
  pausedSchedules: number;
  blindTo: string[];
}
