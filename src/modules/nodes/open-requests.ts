import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PgListener } from '../events/index.js';
import { Node } from './node.entity.js';

const CUT_CHANNEL = 'backupd_node_cut';
/** No look-up of a key takes longer. */
const REMEMBERED_MS = 60_000;

/** What an answer can do here. */
export interface OpenAnswer {
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/** The requests of nodes that this master is answering: whoever may not come in any more has them cut off, long polls and streams too. */
@Injectable()
export class OpenRequests implements OnApplicationBootstrap {
  private readonly open = new Map<string, Set<OpenAnswer>>();
  /** When a node was cut off last, by the clock of this process. */
  private readonly cuts = new Map<string, number>();

  constructor(
    private readonly orm: MikroORM,
    private readonly listener: PgListener,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.listen(CUT_CHANNEL, (nodeId) => {
      if (nodeId === '') void this.lookAgain();
      else this.cut(nodeId);
    });
  }

  /** Within the caller's transaction: all masters end what they answer this node, once it is committed. */
  async cutOff(nodeId: string, em: EntityManager): Promise<void> {
    await em.execute('select pg_notify(?, ?)', [CUT_CHANNEL, nodeId]);
  }

  /** Keeps the answer in mind until it is sent. False when the node was cut off since its key was looked up at `since`. */
  enter(nodeId: string, answer: OpenAnswer | undefined, since: number): boolean {
    if ((this.cuts.get(nodeId) ?? -1) > since) return false;
    if (answer === undefined) return true;
    const answers = this.open.get(nodeId) ?? new Set();
    // A long poll looks its key up again and again.
    if (answers.has(answer)) return true;
    this.open.set(nodeId, answers.add(answer));
    answer.once('close', () => {
      answers.delete(answer);
      if (answers.size === 0 && this.open.get(nodeId) === answers) this.open.delete(nodeId);
    });
    return true;
  }

  private cut(nodeId: string): void {
    const now = performance.now();
    for (const [id, at] of this.cuts) if (at < now - REMEMBERED_MS) this.cuts.delete(id);
    this.cuts.set(nodeId, now);
    for (const answer of this.open.get(nodeId) ?? []) answer.destroy();
  }

  /** The connection was away over which it would have been told. */
  private async lookAgain(): Promise<void> {
    const ids = [...this.open.keys()];
    if (ids.length === 0) return;
    try {
      const where = { id: { $in: ids }, blocked: false, keyHash: { $ne: null } };
      const welcome = await this.orm.em.fork().find(Node, where, { fields: ['id'] });
      const known = new Set(welcome.map(({ id }) => id));
      for (const id of ids) if (!known.has(id)) this.cut(id);
    } catch {
      // Who may come in can't be told: all ask again by themselves.
      for (const answers of this.open.values()) for (const answer of answers) answer.destroy();
    }
  }
}
