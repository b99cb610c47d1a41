import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isId } from '../../common/ids.js';
import { nodeBlocked, nodeLacksModule, nodeNotFound } from './node-tasks.errors.js';

/** What other features need to know of a node. */
export interface KnownNode {
  id: string;
  name: string;
  blocked: boolean;
  /** Whether it has a key that still counts. */
  hasKey: boolean;
  lastSeenAt: Date | null;
  /** It is online or stale, by the clock of the database. */
  isHeardOf: boolean;
  /** Backup modules it has; null = it never said. */
  modules: readonly string[] | null;
  /** Folders that it scans when a scan names none. */
  scanRoots: readonly string[];
}

interface Row {
  id: string;
  name: string;
  blocked: boolean;
  has_key: boolean;
  last_seen_at: string | Date | null;
  health: string;
  facts: { modules?: unknown; scanRoots?: unknown } | null;
}

/** Which hosts there are besides the master's own. */
@Injectable()
export class NodeDirectory {
  constructor(private readonly orm: MikroORM) {}

  /** Error: NODE_NOT_FOUND. */
  async get(id: string): Promise<KnownNode> {
    const [node] = isId(id) ? await this.find([id]) : [];
    if (node === undefined) throw nodeNotFound(id);
    return node;
  }

  /** One that may be given work (with this module). Errors: NODE_NOT_FOUND, NODE_BLOCKED, NODE_LACKS_MODULE. */
  async usable(id: string, module?: string): Promise<KnownNode> {
    const node = await this.get(id);
    if (node.blocked) throw nodeBlocked(id, node.name);
    if (module !== undefined && node.modules?.includes(module) === false) throw nodeLacksModule(id, node.name, module);
    return node;
  }

  /** Names by id; one that is gone has none. */
  async names(ids: readonly (string | null | undefined)[]): Promise<Map<string, string>> {
    const wanted = [...new Set(ids.filter((id): id is string => typeof id === 'string'))];
    if (wanted.length === 0) return new Map();
    return new Map((await this.find(wanted)).map(({ id, name }) => [id, name]));
  }

  /** All that may be given work. */
  async allUsable(): Promise<KnownNode[]> {
    return (await this.find(null)).filter(({ blocked, hasKey }) => !blocked && hasKey);
  }

  private async find(ids: readonly string[] | null): Promise<KnownNode[]> {
    const rows = await this.orm.em.fork().execute<Row[]>(
      `select id, name, blocked, key_hash is not null as has_key, last_seen_at, health, facts from node
        ${ids === null ? '' : 'where id in (select value::uuid from jsonb_array_elements_text(?::jsonb))'} order by id`,
      ids === null ? [] : [JSON.stringify(ids)],
    );
    return rows.map(({ id, name, blocked, has_key: hasKey, last_seen_at: lastSeen, health, facts }) => ({
      id,
      name,
      blocked,
      hasKey,
      lastSeenAt: lastSeen === null ? null : new Date(lastSeen),
      isHeardOf: health === 'online' || health === 'stale',
      modules: Array.isArray(facts?.modules) ? texts(facts.modules) : null,
      scanRoots: texts(facts?.scanRoots),
    }));
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
