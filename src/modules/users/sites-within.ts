import type { EntityManager } from '@mikro-orm/postgresql';
import type { UserRestriction } from './user.entity.js';

/** What a restriction comes to by now: the sites it names, also those that were removed, and all that are on its nodes; null = none. */
export async function sitesWithin(
  em: EntityManager,
  restriction: UserRestriction | null,
): Promise<ReadonlySet<string> | null> {
  if (restriction === null) return null;
  const { siteIds, nodeIds } = restriction;
  const onNodes =
    nodeIds.length === 0
      ? []
      : await em.execute<{ id: string }[]>('select id from site where node_id = any(?::uuid[])', [
          `{${nodeIds.join()}}`,
        ]);
  return new Set([...siteIds, ...onNodes.map(({ id }) => id)]);
}
