import type { EntityManager } from '@mikro-orm/postgresql';
import { lockInTransaction } from '../../database/index.js';

/**
 * Until the end of the transaction: `shared` by what is about to use objects of the site that it found in a storage (a new job, an
 * adoption), `exclusive` by what deletes objects there because nobody uses them. So neither happens while the other decides.
 */
export function lockSite(em: EntityManager, siteId: string, mode: 'shared' | 'exclusive'): Promise<void> {
  return lockInTransaction(em, `backupd:site:${siteId}`, mode);
}
