import { defineEntity, p } from '@mikro-orm/core';
import type { Blackout, Rhythm } from './rhythm.js';

/** What a schedule starts. The first two are jobs of a site; the others are the whole installation's. */
export const ScheduleKind = {
  Backup: 'backup',
  Verify: 'verify',
  Retention: 'retention',
  Reconcile: 'reconcile',
  Scan: 'scan',
} as const;
export type ScheduleKind = (typeof ScheduleKind)[keyof typeof ScheduleKind];

/** Which sites a schedule is for; of two of the same kind the closest counts: site, label, node, all. */
export const ScheduleScope = { All: 'all', Node: 'node', Label: 'label', Site: 'site' } as const;
export type ScheduleScope = (typeof ScheduleScope)[keyof typeof ScheduleScope];

/** What happens after a downtime to slots that passed meanwhile: one run for all of them, or none. */
export const MissedPolicy = { RunOnce: 'run-once', Skip: 'skip' } as const;
export type MissedPolicy = (typeof MissedPolicy)[keyof typeof MissedPolicy];

/** When something happens by itself, and for which sites. */
export const ScheduleSchema = defineEntity({
  name: 'Schedule',
  tableName: 'schedule',
  uniques: [
    {
      name: 'schedule_one_per_scope',
      expression:
        'create unique index schedule_one_per_scope on schedule (kind, scope, scope_value) nulls not distinct',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    kind: p.enum(() => ScheduleKind),
    scope: p.enum(() => ScheduleScope),
    /** Site id, label or node id (null = the master's own host); null for `all`. */
    scopeValue: p.text().nullable(),
    rhythm: p.json<Rhythm>(),
    /** IANA name; null = each site's own, else the installation's. */
    timeZone: p.text().nullable(),
    /** Each site's runs are late by up to so many seconds, always the same for a site. */
    jitterSeconds: p.integer().default(0),
    /** Times of day in which nothing is started. */
    blackouts: p.json<Blackout[]>(),
    missed: p.enum(() => MissedPolicy),
    /** So many jobs of this schedule at a time on one node; null = no limit of its own. */
    maxPerNode: p.integer().nullable(),
    /** What the kind needs besides: depth of a verify, whether found sites are enrolled. */
    options: p.json<Record<string, unknown>>(),
    paused: p.boolean().default(false),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class Schedule extends ScheduleSchema.class {}
ScheduleSchema.setClass(Schedule);

/** The subject of a schedule that has no site. */
export const NO_SITE = '00000000-0000-0000-0000-000000000000';

/**
 * Where one site stands on its schedule of a kind. Whoever locks a row that is due starts the job and moves `nextSlot` on in one
 * transaction: that is why a slot runs once, however many masters there are.
 */
export const ScheduleStateSchema = defineEntity({
  name: 'ScheduleState',
  tableName: 'schedule_state',
  indexes: [{ properties: ['dueAt'] }],
  properties: {
    siteId: p.uuid().primary(),
    kind: p.text().primary(),
    scheduleId: p.uuid(),
    /** What the rhythm, its zone and the rest were when `nextSlot` was found; another value = find it anew. */
    fingerprint: p.text(),
    /** The slot that comes next; null = never. */
    nextSlot: p.datetime(3).nullable(),
    /** When it is started: the slot and the site's jitter, or later where it had to wait. */
    dueAt: p.datetime(3).nullable(),
    /** Why a due slot waits, as a sentence; null = it does not. */
    waiting: p.text().nullable(),
    lastSlot: p.datetime(3).nullable(),
    /** Since when the schedule has been in force for the site: before it nothing is overdue. */
    since: p.datetime(3),
    updatedAt: p.datetime(3),
  },
});

export class ScheduleState extends ScheduleStateSchema.class {}
ScheduleStateSchema.setClass(ScheduleState);

/** What became of a slot. */
export const SlotOutcome = { Started: 'started', Skipped: 'skipped', Missed: 'missed', Failed: 'failed' } as const;
export type SlotOutcome = (typeof SlotOutcome)[keyof typeof SlotOutcome];

/** A slot that has passed; kept for 90 days. */
export const ScheduleSlotSchema = defineEntity({
  name: 'ScheduleSlot',
  tableName: 'schedule_slot',
  indexes: [{ properties: ['scheduleId', 'slotAt'] }, { properties: ['decidedAt'] }],
  properties: {
    siteId: p.uuid().primary(),
    kind: p.text().primary(),
    slotAt: p.datetime(3).primary(),
    scheduleId: p.uuid(),
    outcome: p.enum(() => SlotOutcome),
    jobId: p.uuid().nullable(),
    /** Why it was skipped or failed to start. */
    note: p.text().nullable(),
    decidedAt: p.datetime(3),
  },
});

export class ScheduleSlot extends ScheduleSlotSchema.class {}
ScheduleSlotSchema.setClass(ScheduleSlot);

/** Where a key needs a value: the master's own host. */
export const MASTER_HOST = NO_SITE;

/** A site that a scheduled scan has seen: what is new, moved or gone is told against these. */
export const SeenSiteSchema = defineEntity({
  name: 'SeenSite',
  tableName: 'seen_site',
  properties: {
    /** The host it is on; MASTER_HOST = the master's own. */
    nodeId: p.uuid().primary(),
    /** Absolute real path on its host. */
    path: p.text().primary(),
    module: p.text(),
    name: p.text(),
    /** Device and inode of the folder: the same at another path has moved. */
    identity: p.text(),
    /** Host and name of its database, where the module says so: the same at another path has moved, too. */
    database: p.text().nullable(),
    /**
     * Whose it was when it was last known to be the site that is registered; null = not known. What has moved to somebody else's folder
     * keeps the owner from before.
     */
    ownerUid: p.bigint('number').nullable(),
    /** Where it was before, when it has moved. */
    movedFrom: p.text().nullable(),
    foundAt: p.datetime(3),
    lastSeenAt: p.datetime(3),
    /** Null while it is there. */
    vanishedAt: p.datetime(3).nullable(),
  },
});

export class SeenSite extends SeenSiteSchema.class {}
SeenSiteSchema.setClass(SeenSite);
