import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { fromPlainError, throwIfAborted } from '../../common/errors/index.js';
import { newId } from '../../common/ids.js';
import { PgListener } from '../events/index.js';
import { NODE_WORK_CHANNEL } from '../jobs/index.js';
import type { TaskOrder } from '../node-protocol/index.js';
import { SecretBox } from '../secrets/index.js';
import { type KnownNode, NodeDirectory } from './node-directory.js';
import { NodeTask, TaskStatus } from './node-task.entity.js';
import { nodeNotAnswering, nodeTaskTimeout } from './node-tasks.errors.js';
import { storable } from './storable.js';
import { TASK_CHANNEL } from './task-channels.js';
import { Waker } from './waker.js';

export interface AskOptions {
  /** From when the node has begun with it. */
  timeLimitSeconds: number;
  /** Raised when nobody waits any more: the node is told so with its next part. */
  signal: AbortSignal;
}

type Json = Record<string, unknown>;

interface Collected {
  parts: Json[];
  status: TaskStatus;
  seq: number;
  result: Json | null;
  error: Json | null;
  taken_at: string | null;
}

/** Has nodes do something short while someone waits. Any master may get the answer: it comes through the database. */
@Injectable()
export class NodeTasks implements OnApplicationBootstrap {
  /** A node that asks for work takes it at once. */
  untakenMs = 20_000;
  /** A node says something at least every ten seconds. */
  silentMs = 40_000;
  /** A floor under the notifications. */
  pollMs = 2000;
  private readonly waiting = new Map<string, Waker>();

  constructor(
    private readonly orm: MikroORM,
    private readonly listener: PgListener,
    private readonly directory: NodeDirectory,
    private readonly box: SecretBox,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.listen(TASK_CHANNEL, (id) => {
      // Nothing said: something may have been missed.
      if (id === '') for (const waker of this.waiting.values()) waker.wake();
      else this.waiting.get(id)?.wake();
    });
  }

  /**
   * Asks the node, yields what it tells and returns its result. Errors: NODE_NOT_FOUND, NODE_BLOCKED, NODE_NOT_ANSWERING when it does not
   * take it, NODE_TASK_TIMEOUT when it does not end, JOB_CANCELLED when the signal is raised, and the node's own with their codes.
   */
  async *ask(nodeId: string, kind: string, request: Json, options: AskOptions): AsyncGenerator<Json, Json> {
    const node = await this.directory.usable(nodeId);
    if (!node.hasKey) throw nodeNotAnswering(nodeId, node.name, 'Its key was revoked.');
    const id = newId();
    const waker = new Waker();
    this.waiting.set(id, waker);
    let hasEnded = false;
    try {
      await this.enter(id, nodeId, kind, request, options.timeLimitSeconds);
      const patience = this.patienceFor(node, kind, options.timeLimitSeconds);
      for (;;) {
        throwIfAborted(options.signal);
        const row = await this.collect(id);
        if (row === null) throw nodeTaskTimeout(nodeId, node.name, kind, 'its record is gone');
        hasEnded = row.status === TaskStatus.Done || row.status === TaskStatus.Failed;
        for (const part of row.parts) yield part;
        if (row.status === TaskStatus.Done) return row.result ?? {};
        if (row.status === TaskStatus.Failed) throw fromPlainError(row.error);
        patience(row);
        await waker.wait(this.pollMs, options.signal);
      }
    } finally {
      this.waiting.delete(id);
      if (!hasEnded) await this.orm.em.fork().nativeDelete(NodeTask, { id });
    }
  }

  /** The same where only the result counts. */
  async result(nodeId: string, kind: string, request: Json, options: AskOptions): Promise<Json> {
    const answer = this.ask(nodeId, kind, request, options);
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one part after the other
      const next = await answer.next();
      if (next.done === true) return next.value;
    }
  }

  /** The oldest task that waits for the node, which has it from now on; null when there is none. */
  async takeNext(nodeId: string): Promise<TaskOrder | null> {
    // A row that is locked is waited for: whoever asked looks at it too, and a poll that passed it over would not be woken again.
    const rows = await this.orm.em
      .fork()
      .execute<{ id: string; kind: string; sealed: string; time_limit_seconds: number }[]>(
        `update node_task set status = 'taken', taken_at = now()
        where id = (select id from node_task where node_id = ? and status = 'waiting' and created_at > now() - interval '10 minutes'
          order by id limit 1 for update)
        returning id, kind, sealed, time_limit_seconds`,
        [nodeId],
      );
    const [task] = rows;
    if (task === undefined) return null;
    await this.orm.em.fork().execute('select pg_notify(?, ?)', [TASK_CHANNEL, task.id]);
    const { id, kind, sealed, time_limit_seconds: timeLimitSeconds } = task;
    return { id, kind, request: this.requestIn(sealed), timeLimitSeconds };
  }

  /** The request of a task that the node has taken and may still answer; null for any other. */
  async taken(nodeId: string, id: string, kind: string): Promise<Json | null> {
    const [task] = await this.orm.em.fork().execute<{ sealed: string }[]>(
      `select sealed from node_task where id = ? and node_id = ? and kind = ? and status = 'taken'
        and taken_at + time_limit_seconds * interval '1 second' > now()`,
      [id, nodeId, kind],
    );
    return task === undefined ? null : this.requestIn(task.sealed);
  }

  private requestIn(sealed: string): Json {
    const request: unknown = JSON.parse(this.box.reveal(sealed));
    return isJson(request) ? request : {};
  }

  private async enter(
    id: string,
    nodeId: string,
    kind: string,
    request: Json,
    timeLimitSeconds: number,
  ): Promise<void> {
    const sealed = this.box.seal(JSON.stringify(storable(request)));
    await this.orm.em.fork().transactional(async (em) => {
      em.create(NodeTask, {
        id,
        nodeId,
        kind,
        sealed,
        status: TaskStatus.Waiting,
        seq: 0,
        parts: [],
        result: null,
        error: null,
        timeLimitSeconds,
        createdAt: new Date(),
        takenAt: null,
        finishedAt: null,
      });
      await em.flush();
      await em.execute('select pg_notify(?, ?)', [NODE_WORK_CHANNEL, nodeId]);
    });
  }

  /** What was told since; it is in the row no more. */
  private async collect(id: string): Promise<Collected | null> {
    const [row] = await this.orm.em.fork().execute<Collected[]>(
      `with before as (select id, parts from node_task where id = ? for update)
        update node_task t set parts = '[]'::jsonb from before where t.id = before.id
        returning before.parts, t.status, t.seq, t.result, t.error, t.taken_at`,
      [id],
    );
    return row ?? null;
  }

  /** Throws once there was no sign of life for too long. */
  private patienceFor(node: KnownNode, kind: string, timeLimitSeconds: number): (row: Collected) => void {
    const asked = performance.now();
    let taken: number | null = null;
    let heard = asked;
    let seq = 0;
    return (row) => {
      const now = performance.now();
      if (row.status === TaskStatus.Waiting) {
        if (now - asked > this.untakenMs) throw nodeNotAnswering(node.id, node.name, lastSeenOf(node));
        return;
      }
      if (taken === null || row.seq > seq) heard = now;
      taken ??= now;
      ({ seq } = row);
      if (now - taken > timeLimitSeconds * 1000)
        throw nodeTaskTimeout(node.id, node.name, kind, `not within ${timeLimitSeconds} s`);
      if (now - heard > this.silentMs)
        throw nodeTaskTimeout(node.id, node.name, kind, `nothing was heard for ${Math.round(this.silentMs / 1000)} s`);
    };
  }
}

function lastSeenOf({ lastSeenAt }: KnownNode): string {
  if (lastSeenAt === null) return 'It has not been heard of yet.';
  return `It was last heard of at ${lastSeenAt.toISOString().slice(0, 19).replace('T', ' ')} UTC.`;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
