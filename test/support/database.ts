import { inject } from 'vitest';
import { createFrom } from './postgres.js';

/** A database of one test file's own, cloned from the migrated template; drop it when done. */
export function cloneDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  return createFrom(inject('adminUrl'), inject('templateDb'));
}

/** An empty database, as on a first start. */
export function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  return createFrom(inject('adminUrl'), 'template0');
}
