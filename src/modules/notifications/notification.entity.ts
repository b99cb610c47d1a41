import { defineEntity, p } from '@mikro-orm/core';

export const ChannelKind = {
  Email: 'email',
  Slack: 'slack',
  Discord: 'discord',
  Teams: 'teams',
  Telegram: 'telegram',
  Ntfy: 'ntfy',
  Webhook: 'webhook',
  /** Dead-man pings: the other side raises the alarm when they stay away. */
  Healthchecks: 'healthchecks',
  UptimeKuma: 'uptime-kuma',
} as const;
export type ChannelKind = (typeof ChannelKind)[keyof typeof ChannelKind];

/** A way to reach people. */
export const NotificationChannelSchema = defineEntity({
  name: 'NotificationChannel',
  tableName: 'notification_channel',
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    kind: p.enum(() => ChannelKind),
    settings: p.json<Record<string, unknown>>(),
    /** The secret settings as sealed JSON: passwords, tokens, and URLs that are secrets themselves. */
    sealed: p.text().nullable(),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class NotificationChannel extends NotificationChannelSchema.class {}
NotificationChannelSchema.setClass(NotificationChannel);

/** Times in which a rule keeps its news back, in its time zone; `until` before `from` = past midnight. */
export interface QuietHours {
  from: string;
  until: string;
  /** Weekdays of `from`, 1 = Monday; absent = all. */
  days?: number[];
  timeZone: string;
  /** Whether critical news comes all the same. */
  exceptCritical: boolean;
}

/** Which sites a rule is for; what is left out does not filter. */
export interface RuleSites {
  siteIds?: string[];
  labels?: string[];
}

/** What of the news goes where, and how. */
export const NotificationRuleSchema = defineEntity({
  name: 'NotificationRule',
  tableName: 'notification_rule',
  properties: {
    id: p.uuid().primary(),
    name: p.text().unique(),
    /** Types of events: `job.failed`, `alarm.*`, … */
    events: p.json<string[]>(),
    minSeverity: p.enum(['info', 'warning', 'critical']),
    sites: p.json<RuleSites>(),
    channelIds: p.json<string[]>(),
    quietHours: p.json<QuietHours>().nullable(),
    /** Null = at once; else collected and sent together. */
    digest: p.json<{ every: 'hour' | 'day'; at?: string; timeZone?: string }>().nullable(),
    /** Whether it is told when an alarm is over. */
    recovered: p.boolean().default(true),
    /** An alarm that stays is told again after so many hours; null = never. */
    remindHours: p.integer().nullable(),
    enabled: p.boolean().default(true),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class NotificationRule extends NotificationRuleSchema.class {}
NotificationRuleSchema.setClass(NotificationRule);

export const DeliveryState = {
  /** Waits: for its turn, for the next try, for the end of quiet hours, for its digest. */
  Waiting: 'waiting',
  Sent: 'sent',
  /** Given up. */
  Failed: 'failed',
  /** Not sent on purpose: the same was told just before, or the alarm was over before it could be told. */
  Dropped: 'dropped',
} as const;
export type DeliveryState = (typeof DeliveryState)[keyof typeof DeliveryState];

/** One message of a rule to one channel: what is to be sent, and what became of it. Kept for 90 days. */
export const NotificationDeliverySchema = defineEntity({
  name: 'NotificationDelivery',
  tableName: 'notification_delivery',
  indexes: [
    { properties: ['state', 'nextAttemptAt'] },
    { properties: ['channelId', 'createdAt'] },
    { properties: ['topic', 'createdAt'] },
    { properties: ['createdAt'] },
  ],
  properties: {
    id: p.uuid().primary(),
    channelId: p.uuid(),
    /** Null = a test or a heartbeat. */
    ruleId: p.uuid().nullable(),
    siteId: p.uuid().nullable(),
    /** What it is about: the same again within a short time is dropped, and "recovered" finds what was told. */
    topic: p.text(),
    /** Waits to be sent together with the others of its rule and channel. */
    digest: p.boolean().default(false),
    message: p.json<Record<string, unknown>>(),
    state: p.enum(() => DeliveryState),
    attempts: p.integer().default(0),
    nextAttemptAt: p.datetime(3).nullable(),
    /** A master sends it; it must be through by then, else another one takes over. */
    claimedUntil: p.datetime(3).nullable(),
    /** The last failure, or why it was dropped; safe to show. */
    error: p.text().nullable(),
    /** HTTP or SMTP answer of the last attempt. */
    response: p.text().nullable(),
    createdAt: p.datetime(3),
    sentAt: p.datetime(3).nullable(),
  },
});

export class NotificationDelivery extends NotificationDeliverySchema.class {}
NotificationDeliverySchema.setClass(NotificationDelivery);

/** How far the event log was turned into deliveries; one row, locked by the master that does it. */
export const NotificationCursorSchema = defineEntity({
  name: 'NotificationCursor',
  tableName: 'notification_cursor',
  properties: {
    id: p.integer().primary(),
    /** Events up to here are done. */
    eventId: p.bigint('number'),
  },
});

export class NotificationCursor extends NotificationCursorSchema.class {}
NotificationCursorSchema.setClass(NotificationCursor);
