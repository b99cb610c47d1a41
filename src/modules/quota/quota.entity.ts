import { defineEntity, p } from '@mikro-orm/core';

export const QuotaScope = { Site: 'site', Node: 'node', Provider: 'provider' } as const;
export type QuotaScope = (typeof QuotaScope)[keyof typeof QuotaScope];

/** What happens when a backup would go over: it fails, or what retention allows is deleted first. */
export const OverQuota = { Fail: 'fail', Prune: 'prune' } as const;
export type OverQuota = (typeof OverQuota)[keyof typeof OverQuota];

/** The most bytes that a site, a node or a provider may have stored. No row = no limit. */
export const QuotaSchema = defineEntity({
  name: 'Quota',
  tableName: 'quota',
  uniques: [
    {
      name: 'quota_one_per_subject',
      // Null = the master's own host; two nulls are the same.
      expression: 'create unique index quota_one_per_subject on quota (scope, subject_id) nulls not distinct',
    },
  ],
  properties: {
    id: p.uuid().primary(),
    scope: p.enum(() => QuotaScope),
    /** Site, node or provider; null is the master's own node. */
    subjectId: p.uuid().nullable(),
    bytes: p.bigint('number'),
    over: p.enum(() => OverQuota),
    updatedAt: p.datetime(3),
  },
});

export class Quota extends QuotaSchema.class {}
QuotaSchema.setClass(Quota);

/** Bytes that a running backup is about to store: counted as used until it is in the catalogue or has ended. */
export const QuotaReservationSchema = defineEntity({
  name: 'QuotaReservation',
  tableName: 'quota_reservation',
  indexes: [{ properties: ['providerId'] }, { properties: ['siteId'] }],
  properties: {
    jobId: p.uuid().primary(),
    providerId: p.uuid().primary(),
    siteId: p.uuid(),
    bytes: p.bigint('number'),
    createdAt: p.datetime(3),
  },
});

export class QuotaReservation extends QuotaReservationSchema.class {}
QuotaReservationSchema.setClass(QuotaReservation);
