import { defineEntity, p } from '@mikro-orm/core';

/**
 * One thing that happened to a job. Ids are handed out under a lock held until commit, so a reader that has seen id N has
 * seen every smaller one: that is what replay by `Last-Event-ID` rests on.
 */
export const JobEventSchema = defineEntity({
  name: 'JobEvent',
  tableName: 'job_event',
  indexes: [{ properties: ['jobId', 'id'] }, { properties: ['siteId', 'id'] }, { properties: ['createdAt'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    jobId: p.uuid(),
    siteId: p.uuid(),
    type: p.text(),
    data: p.json<Record<string, unknown>>(),
    createdAt: p.datetime(3),
  },
});

export class JobEvent extends JobEventSchema.class {}
JobEventSchema.setClass(JobEvent);
