import { Readable } from 'node:stream';
import type { BackupSource, EntryPieces, StorageDriver, StoredOptions } from '../../ports/index.js';
import { displayPath, entryPath, entryTarget, type ManifestEntry, type ManifestHeader } from '../manifest/index.js';
import { contentPieces, storedPieces } from './entry-content.js';
import { entryNotAFile, entryNotFound } from './errors.js';
import { FrameReader, type FrameReaderOptions } from './frame-reader.js';
import { intoRuns } from './runs.js';
import { StoredManifest } from './stored-manifest.js';

export interface OpenBackupOptions {
  manifestKey: string;
  signal?: AbortSignal;
  /** Decoded frames that are kept for entries which share them. Default 16 MiB. */
  cacheBytes?: number;
}

/** A stored backup, open for reading: full or incremental, however many bundles it points into. */
export class StoredBackup implements BackupSource {
  constructor(
    readonly header: ManifestHeader,
    readonly manifest: StoredManifest,
    readonly driver: StorageDriver,
    private readonly options: OpenBackupOptions,
  ) {}

  get backupId(): string {
    return this.header.backupId;
  }

  entries(): AsyncGenerator<ManifestEntry> {
    return this.manifest.entries();
  }

  /**
   * Fetches only the entry's range, with bounded memory whatever its size; holes come as zeros. A hard link gives the
   * content of its first name. Throws BACKUP_PATH_NOT_A_FILE for what has no content.
   */
  async content(entry: ManifestEntry, signal?: AbortSignal): Promise<Readable> {
    const file = entry.type === 'hardlink' ? await this.#firstName(entry) : entry;
    if (file.type !== 'file') throw entryNotAFile(displayPath(entryPath(entry)), entry.type);
    const reader = this.#reader(signal, { cacheBytes: 0 });
    return Readable.from(closing(contentPieces(reader, file), reader), { objectMode: false });
  }

  /**
   * The stored bytes of many entries, in the order given, without a stream for each: for restore and verify. Entries in
   * the order of their place in the bundle cost the least. An abort of the signal ends the transfer (JOB_CANCELLED).
   */
  async *stored(
    entries: AsyncIterable<ManifestEntry> | Iterable<ManifestEntry>,
    signal?: AbortSignal,
    options: StoredOptions = {},
  ): AsyncGenerator<EntryPieces> {
    const { cacheBytes } = this.options;
    const reader = this.#reader(signal, { ...options, ...(cacheBytes === undefined ? {} : { cacheBytes }) });
    try {
      for await (const run of intoRuns(entries)) {
        if (run.range !== null) await reader.plan(run.range.bundle, run.range.start, run.range.end);
        for (const entry of run.entries) yield { entry, pieces: storedPieces(reader, entry) };
      }
    } finally {
      await reader.close();
    }
  }

  #reader(signal: AbortSignal | undefined, options: FrameReaderOptions): FrameReader {
    return new FrameReader(this.driver, this.header.bundles, signal ?? this.options.signal, options);
  }

  async #firstName(link: ManifestEntry): Promise<ManifestEntry> {
    const target = entryTarget(link);
    const first = target === null ? null : await findEntry(this, target);
    if (first === null) throw entryNotFound(displayPath(target ?? entryPath(link)));
    return first;
  }
}

/** Reads the header of a stored backup. Throws MANIFEST_DAMAGED, MANIFEST_FORMAT_UNSUPPORTED, and what the storage throws. */
export async function openBackup(driver: StorageDriver, options: OpenBackupOptions): Promise<StoredBackup> {
  const manifest = new StoredManifest(driver, options.manifestKey, options.signal);
  return new StoredBackup(await manifest.header(), manifest, driver, options);
}

/** The entry of a path (bytes, as in the manifest: `files/wp-config.php`), or null. Reads the frame that has it. */
export async function findEntry(backup: StoredBackup, path: Buffer): Promise<ManifestEntry | null> {
  return backup.manifest.find(path);
}

async function* closing(pieces: AsyncGenerator<Buffer>, reader: FrameReader): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } finally {
    await reader.close();
  }
}
