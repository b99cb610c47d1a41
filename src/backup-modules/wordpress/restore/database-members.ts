import type { BackupSource } from '../../../engine/ports/index.js';
import type { ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import type { DatabaseMember } from '../db-restore/index.js';

/** The dump's entries in order; without a copy of a SQLite file. */
async function* dumpEntries(source: BackupSource): AsyncGenerator<ManifestEntry> {
  for await (const entry of source.entries()) {
    const { path } = entry;
    // Path order: backupd/, database/, external/, files/.
    if (path === undefined || path < 'database/') continue;
    if (!path.startsWith('database/')) return;
    if (entry.type === 'file' && entry.part !== 'sqlite') yield entry;
  }
}

/** Bytes of the dump. */
export async function databaseBytes(source: BackupSource): Promise<number> {
  let bytes = 0;
  for await (const entry of dumpEntries(source)) bytes += entry.size;
  return bytes;
}

/** The dump's pieces with their contents, in order; each is read to its end before the next. A chunk is only valid until the next. */
export async function* databaseMembers(source: BackupSource, signal: AbortSignal): AsyncGenerator<DatabaseMember> {
  for await (const { entry, pieces } of source.stored(dumpEntries(source), signal, { passing: true })) {
    yield {
      path: entry.path ?? '',
      size: entry.size,
      content: pieces,
      ...(entry.table === undefined ? {} : { table: entry.table }),
      ...(entry.part === undefined ? {} : { part: entry.part }),
      ...(entry.rows === undefined ? {} : { rows: entry.rows }),
    };
  }
}
