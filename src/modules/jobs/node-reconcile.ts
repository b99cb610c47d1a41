import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Heartbeat, HeartbeatAnswer } from '../node-protocol/index.js';
import { JobStore } from './job-store.js';
import { JobSweeper } from './job-sweeper.js';
import { Job, JobKind, JobStatus } from './job.entity.js';
import { NodeRuns } from './node-runs.js';

/** A run that a node was given and does not know of after so long never reached it. */
const ARRIVES_WITHIN_MS = 60_000;

type Told = Pick<Heartbeat, 'isFirst' | 'runs' | 'workOf' | 'cleared'>;

/** Brings together what a node says it works on and what the jobs' rows say. */
@Injectable()
export class NodeReconcile {
  constructor(
    private readonly orm: MikroORM,
    private readonly runs: NodeRuns,
    private readonly store: JobStore,
    private readonly sweeper: JobSweeper,
  ) {}

  /** What the node must know; what it has lost is given back. Idempotent. */
  async reconcile(nodeId: string, told: Told): Promise<Pick<HeartbeatAnswer, 'cancel' | 'lost' | 'drop'>> {
    await this.clear(nodeId, told);
    const known = new Set(told.runs.map(({ runId }) => runId));
    const held = await this.runs.allHeld(nodeId);
    const cancel: string[] = [];
    for (const job of held) {
      if (known.has(job.deliveryId)) {
        if (job.cancelRequestedAt instanceof Date) cancel.push(job.deliveryId);
      } else if (told.isFirst) {
        await this.runs.giveBack(job, { why: 'The node was started anew in the middle of the job.', isFailure: true });
      } else if (Date.now() - (job.takenAt?.getTime() ?? 0) > ARRIVES_WITHIN_MS)
        await this.runs.giveBack(job, { why: 'The node does not know of this run.', isFailure: false });
    }
    const ids = new Set(held.map((job) => job.deliveryId));
    return { cancel, lost: [...known].filter((id) => !ids.has(id)), drop: await this.droppable(nodeId, told.workOf) };
  }

  /** Runs of a node that is not heard of any more. A restore stays: only the node can take it back. */
  async giveBackAll(nodeId: string, why: string): Promise<void> {
    for (const job of await this.runs.allHeld(nodeId))
      if (job.kind !== JobKind.Restore) await this.runs.giveBack(job, { why, isFailure: false });
  }

  /** Work folders that nobody needs: of jobs that are not known, or have ended and keep nothing. */
  private async droppable(nodeId: string, workOf: readonly string[]): Promise<string[]> {
    if (workOf.length === 0) return [];
    const active = { status: { $in: ACTIVE } };
    const stuck = { kind: JobKind.Restore, litter: true };
    const needed = await this.orm.em
      .fork()
      .find(
        Job,
        { id: { $in: [...workOf] }, nodeId, $or: [active, { keptUntil: { $gt: new Date() } }, stuck] },
        { fields: ['id'] },
      );
    const keep = new Set(needed.map(({ id }) => id));
    return workOf.filter((id) => !keep.has(id));
  }

  /** What is clean on the node by now. Of a process that ended no stage runs any more, whether it heard or not. */
  private async clear(nodeId: string, { cleared, isFirst }: Told): Promise<void> {
    if (cleared.length === 0 && !isFirst) return;
    const em = this.orm.em.fork();
    const ended = { nodeId, litter: true, status: { $nin: ACTIVE } };
    const ids = new Set(cleared);
    const restores = { kind: JobKind.Restore, id: { $in: [...ids] } };
    for (const job of await em.find(Job, { ...ended, $or: [restores, { kind: { $ne: JobKind.Restore } }] }, OLDEST)) {
      if (job.kind === JobKind.Restore) await this.store.cleared(job, em);
      else if (isLetGo(job) && (isFirst || ids.has(job.id))) {
        // Kept: the node does not say it again, and storages may not answer now.
        await em.nativeUpdate(Job, { id: job.id, litter: true, status: { $nin: ACTIVE } }, { runnerId: null });
        // What lies in storages is the masters' to remove. Not waited for.
        void this.sweeper.sweep(job);
      }
    }
  }
}

const ACTIVE = [JobStatus.Pending, JobStatus.Running];
const OLDEST = { orderBy: { createdAt: 'asc' }, limit: 1000 } as const;

function isLetGo({ error, keptUntil }: Job): boolean {
  return error?.code === 'STAGE_NOT_STOPPED' && !(keptUntil instanceof Date);
}
