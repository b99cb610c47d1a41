import { defineEntity, p } from '@mikro-orm/core';

export const TaskStatus = { Waiting: 'waiting', Taken: 'taken', Done: 'done', Failed: 'failed' } as const;
export type TaskStatus = (typeof TaskStatus)[keyof typeof TaskStatus];

/** Something short that a node is asked to do while someone waits: a scan, a look at a folder, a preview. Kept for an hour. */
export const NodeTaskSchema = defineEntity({
  name: 'NodeTask',
  tableName: 'node_task',
  indexes: [{ properties: ['nodeId', 'status'] }],
  properties: {
    id: p.uuid().primary(),
    nodeId: p.uuid(),
    kind: p.text(),
    /** The whole request, sealed: it may name passwords. */
    sealed: p.text(),
    status: p.enum(() => TaskStatus),
    /** Number of the last part that was taken in. */
    seq: p.integer().default(0),
    /** What was told so far and nobody has read yet is small: readers are told at once. */
    parts: p.json<Record<string, unknown>[]>(),
    result: p.json<Record<string, unknown>>().nullable(),
    error: p.json<Record<string, unknown>>().nullable(),
    timeLimitSeconds: p.integer(),
    createdAt: p.datetime(3),
    takenAt: p.datetime(3).nullable(),
    finishedAt: p.datetime(3).nullable(),
  },
});
export class NodeTask extends NodeTaskSchema.class {}
NodeTaskSchema.setClass(NodeTask);
