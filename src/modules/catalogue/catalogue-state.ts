import type { EntityManager } from '@mikro-orm/postgresql';

/** Whether there is anything in the catalogue. */
export interface CatalogueState {
  sites: number;
  backups: number;
}

export async function catalogueState(em: EntityManager): Promise<CatalogueState> {
  const [row] = await em.execute<{ sites: number; backups: number }[]>(
    `select (select count(*)::int from site) as sites, (select count(*)::int from backup) as backups`,
  );
  return { sites: row?.sites ?? 0, backups: row?.backups ?? 0 };
}
