import { defineEntity, p } from '@mikro-orm/core';

/**
 * One thing that happened: to a job, or to a site, a storage or the installation. Ids are handed out under a lock held until commit, so a reader that has seen id N has
 * seen every smaller one: that is what replay by `Last-Event-ID` rests on.
 */
export const JobEventSchema = defineEntity({
  name: 'JobEvent',
  tableName: 'job_event',
  indexes: [{ properties: ['jobId', 'id'] }, { properties: ['siteId', 'id'] }, { properties: ['createdAt'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** Null where it is about no job. */
    jobId: p.uuid().nullable(),
    siteId: p.uuid().nullable(),
    type: p.text(),
    data: p.json<Record<string, unknown>>(),
    createdAt: p.datetime(3),
  },
});

export class JobEvent extends JobEventSchema.class {}
JobEventSchema.setClass(JobEvent);
