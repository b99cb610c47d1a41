/** Schedules as the API answers them; openapi.json is the contract. */
export type ScheduleKind = 'backup' | 'verify' | 'retention' | 'reconcile' | 'scan';
export type ScheduleScope = 'site' | 'label' | 'node' | 'all';

export interface RhythmDto {
  every: 'never' | 'cron' | 'hours' | 'day' | 'week' | 'month';
  expression?: string;
  hours?: number;
  minute?: number;
  days?: number[];
  at?: string;
}

export interface BlackoutDto {
  from: string;
  until: string;
  days?: number[];
}

export interface NextRunDto {
  slotAt: string;
  startsAt: string;
}

export interface PastSlotDto {
  slotAt: string;
  outcome: 'started' | 'skipped' | 'missed' | 'failed';
  jobId: string | null;
  note: string | null;
  decidedAt: string;
}

export interface ScheduleDto {
  id: string;
  name: string;
  kind: ScheduleKind;
  scope: ScheduleScope;
  scopeValue: string | null;
  scopeName: string | null;
  rhythm: RhythmDto;
  text: string;
  timeZone: string | null;
  jitterSeconds: number;
  blackouts: BlackoutDto[];
  missed: 'run-once' | 'skip';
  maxPerNode: number | null;
  options: Record<string, unknown>;
  paused: boolean;
  sites: number;
  nextRun: string | null;
}

export interface ScheduleDetailsDto extends ScheduleDto {
  next: NextRunDto[];
  lastSlots: PastSlotDto[];
}

export interface SchedulePreviewDto {
  text: string;
  timeZone: string;
  next: NextRunDto[];
}

export interface SiteScheduleDto {
  kind: ScheduleKind;
  scheduleId: string | null;
  name: string | null;
  source: ScheduleScope | null;
  text: string;
  timeZone: string | null;
  active: boolean;
  next: NextRunDto[];
  waiting: string | null;
  lastSlots: PastSlotDto[];
}

export interface ScheduleRunDto {
  jobIds: string[];
  begun: boolean;
  refused: { siteId: string; siteName: string; reason: string }[];
}

export interface DiscoveredSiteDto {
  /** Null: the master's own host. */
  nodeId: string | null;
  nodeName: string | null;
  path: string;
  module: string;
  name: string;
  state: 'new' | 'moved' | 'vanished';
  movedFrom: string | null;
  siteId: string | null;
  foundAt: string;
  lastSeenAt: string;
  vanishedAt: string | null;
}
