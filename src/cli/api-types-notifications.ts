/** The API's answers about notifications. */

export interface NotificationChannelKindDto {
  kind: string;
  title: string;
  settingsSchema: {
    properties?: Record<string, { type?: string; title?: string; description?: string } | undefined>;
    required?: string[];
  };
  secretSettings: string[];
  pings: boolean;
}

export interface NotificationChannelDto {
  id: string;
  name: string;
  kind: string;
  settings: Record<string, unknown>;
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface ChannelTestDto {
  ok: boolean;
  durationMs: number;
  response: string | null;
  error: { code: string; message: string; hint: string | null } | null;
}

export interface NotificationRuleDto {
  id: string;
  name: string;
  events: string[];
  minSeverity: string;
  siteIds: string[] | null;
  labels: string[] | null;
  channelIds: string[];
  quietHours: { from: string; until: string; days?: number[]; timeZone: string; exceptCritical: boolean } | null;
  digest: { every: 'hour' | 'day'; at?: string; timeZone?: string } | null;
  recovered: boolean;
  remindHours: number | null;
  enabled: boolean;
}

export interface NotificationDeliveryDto {
  id: string;
  channelId: string;
  channelName: string | null;
  ruleId: string | null;
  siteName: string | null;
  jobId: string | null;
  type: string;
  severity: string;
  what: string;
  text: string;
  count: number;
  state: 'waiting' | 'sent' | 'failed' | 'dropped';
  attempts: number;
  nextAttemptAt: string | null;
  error: string | null;
  response: string | null;
  createdAt: string;
  sentAt: string | null;
}
