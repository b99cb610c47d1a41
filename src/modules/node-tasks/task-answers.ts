import { setTimeout as sleep } from 'node:timers/promises';
import { LockMode, MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { NodeTask, TaskStatus } from './node-task.entity.js';
import { nodeTaskFull, nodeTaskGap, nodeTaskGone } from './node-tasks.errors.js';
import { storable } from './storable.js';
import type { TaskAnswer } from '../node-protocol/index.js';
import { TASK_CHANNEL } from './task-channels.js';

/** What may wait to be read. */
const MOST_PARTS = 1000;
const MOST_CHARACTERS = 4_000_000;
const ROOM_EVERY_MS = 100;
/** The reader may be slow, or the node's clock and ours differ in pace. */
const GRACE_MS = 60_000;

/** Takes in what nodes answer. */
@Injectable()
export class TaskAnswers {
  /** For how long a node's request waits for room. */
  roomMs = 10_000;

  constructor(private readonly orm: MikroORM) {}

  /**
   * Gives the answer to whoever waits; one that is known already is ignored. The number that comes next. Errors: NODE_TASK_GONE when nobody
   * waits or it is not this node's, NODE_TASK_OUT_OF_ORDER, NODE_TASK_FULL.
   */
  async take(nodeId: string, id: string, answer: TaskAnswer): Promise<number> {
    for (const until = performance.now() + this.roomMs; ;) {
      const next = await this.tryTake(nodeId, id, answer);
      if (next !== null) return next;
      if (performance.now() > until) throw nodeTaskFull(id);
      await sleep(ROOM_EVERY_MS);
    }
  }

  /** Null = there is no room. */
  private async tryTake(nodeId: string, id: string, answer: TaskAnswer): Promise<number | null> {
    return this.orm.em.fork().transactional(async (em) => {
      const task = await em.findOne(NodeTask, { id, nodeId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (task === null || !(task.takenAt instanceof Date)) throw nodeTaskGone(id);
      if (answer.seq <= task.seq) return task.seq + 1;
      const tooLate = Date.now() - task.takenAt.getTime() > task.timeLimitSeconds * 1000 + GRACE_MS;
      if (task.status !== TaskStatus.Taken || tooLate) throw nodeTaskGone(id);
      if (answer.seq !== task.seq + 1) throw nodeTaskGap(id, task.seq + 1);
      if (answer.parts.length > 0) {
        const isFull =
          task.parts.length > 0 &&
          (task.parts.length + answer.parts.length > MOST_PARTS || JSON.stringify(task.parts).length > MOST_CHARACTERS);
        if (isFull) return null;
        task.parts = [...task.parts, ...storable(answer.parts)];
      }
      task.seq = answer.seq;
      if (answer.isLast) {
        const error = answer.error ?? null;
        task.status = error === null ? TaskStatus.Done : TaskStatus.Failed;
        task.result = error === null ? storable(answer.result ?? {}) : null;
        task.error = error === null ? null : storable({ ...error });
        task.finishedAt = new Date();
      }
      await em.flush();
      await em.execute('select pg_notify(?, ?)', [TASK_CHANNEL, id]);
      return task.seq + 1;
    });
  }
}
