import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Page, PageQueryDto } from '../../common/http/index.js';
import { newId } from '../../common/ids.js';
import { newJoinToken } from './node-secrets.js';
import { NodeToken } from './node.entity.js';
import { nodeTokenNotFound } from './nodes.errors.js';

/** One-time tokens with which hosts become nodes; kept as hashes only. */
@Injectable()
export class NodeTokens {
  constructor(private readonly orm: MikroORM) {}

  /** Makes one. The text is known only to the caller from here on. `name`: how the node will be called. */
  async create(name: string | null, minutes: number): Promise<{ token: NodeToken; text: string }> {
    const em = this.orm.em.fork();
    const { text, hash, hint } = newJoinToken();
    const now = new Date();
    const expiresAt = new Date(now.getTime() + minutes * 60_000);
    const row = { id: newId(), hash, hint, name, createdAt: now, expiresAt, usedAt: null, usedBy: null };
    const token = em.create(NodeToken, row);
    await em.persist(token).flush();
    return { token, text };
  }

  /** Newest first; used and expired ones are there for a day. */
  async list({ limit, offset }: PageQueryDto): Promise<Page<NodeToken>> {
    const [items, total] = await this.orm.em
      .fork()
      .findAndCount(NodeToken, {}, { limit, offset, orderBy: { createdAt: 'desc', id: 'desc' } });
    return { items, total, limit, offset };
  }

  /** Nobody can join with it any more. Error: NODE_TOKEN_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    if ((await this.orm.em.fork().nativeDelete(NodeToken, { id })) === 0) throw nodeTokenNotFound(id);
  }
}
