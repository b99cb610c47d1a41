import type { EntityManager } from '@mikro-orm/postgresql';
import type { DiagnosticCheck } from '../../engine/ports/index.js';

/** Whether all nodes that may come in are heard of. */
export async function checkNodes(em: EntityManager): Promise<DiagnosticCheck> {
  const name = 'nodes';
  const nodes = await em.execute<{ name: string; health: string }[]>(
    'select name, health from node where key_hash is not null and not blocked order by name',
  );
  const away = nodes.filter(({ health }) => health !== 'online');
  if (nodes.length === 0) return { name, status: 'ok', message: 'There is no node: only this host is backed up.' };
  if (away.length === 0) return { name, status: 'ok', message: `All nodes are online (${nodes.length}).` };
  return {
    name,
    status: 'warning',
    message: `Not online: ${away.map((node) => `"${node.name}" (${node.health})`).join(', ')}.`,
    hint: '`backupd nodes show <node>` says since when. Look whether backupd runs there, and whether it reaches this server.',
  };
}
