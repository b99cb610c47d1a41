import { AppError, errnoOf } from '../../../common/errors/index.js';
import type { DirectoryHandle } from '../../native/directory.js';
import type { BackupSource } from '../../ports/index.js';
import { spawnWorker } from '../../threads/spawn-worker.js';
import { displayPath, entryPath } from '../manifest/index.js';
import { bundleDamaged, storedSize } from '../read/index.js';
import {
  intoFrameRuns,
  readHere,
  ReadPool,
  ReadThreadFailed,
  type DamagedItem,
  type FrameRun,
  type PlacedItem,
} from '../read/pool/index.js';
import type { ExtractWorkerData } from './extract-worker.js';
import { metadataOf, type MetadataWriter, type Ownership, type Refusals } from './metadata.js';
import type { TreeEntry } from './select.js';
import { NewFile, type TreeFile } from './write-file.js';

/** So little is written while a thread would still be starting. */
const SMALL_BYTES = 1024 * 1024;

export interface FileWritersOptions {
  source: BackupSource;
  /** Folders of the files are there already; nobody else can enter it. */
  root: DirectoryHandle;
  ownership: Ownership;
  /** For files without content; counts what the threads were refused. */
  metadata: MetadataWriter;
  /** A system error for a relative path, as it is to be thrown. */
  translate: (error: unknown, path: string) => unknown;
  onProgress: (current: string) => void;
  signal?: AbortSignal;
}

/** Writes files with several threads, in the order of their place in the bundles. The first failure is thrown by the next call. */
export class FileWriters {
  #pool: ReadPool<TreeFile, Refusals> | null = null;
  readonly #running = new Set<Promise<void>>();
  /** The only run so far: when it stays the only one, and is small, no thread is started. */
  #first: FrameRun<TreeFile> | null = null;
  #isFirst = true;
  #failure: Error | null = null;
  #bytes = 0;

  constructor(private readonly options: FileWritersOptions) {}

  /** Bytes of content written. */
  get bytes(): number {
    return this.#pool?.bytes ?? this.#bytes;
  }

  /** Hands the files to the threads; some may still be under way when it resolves. */
  async write(files: readonly TreeEntry[]): Promise<void> {
    const placed = files.flatMap((file) => this.#placed(file)).toSorted(inBundleOrder);
    for await (const run of intoFrameRuns(placed)) {
      if (this.#isFirst) {
        this.#isFirst = false;
        this.#first = run;
        continue;
      }
      await this.#sendFirst();
      await this.#send(run);
    }
    this.#check();
  }

  /** All files are written when it resolves. */
  async finish(): Promise<void> {
    const first = this.#first;
    if (first !== null && first.length <= SMALL_BYTES && contentOf(first) <= SMALL_BYTES) await this.#readHere(first);
    else await this.#sendFirst();
    await Promise.all(this.#running);
    this.#check();
    const pool = this.#pool;
    if (pool === null) return;
    this.#bytes = pool.bytes;
    this.#pool = null;
    for (const refusals of await pool.close()) this.options.metadata.addRefusals(refusals);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await this.#pool?.abort();
    await Promise.all(this.#running);
  }

  async #sendFirst(): Promise<void> {
    const first = this.#first;
    this.#first = null;
    if (first !== null) await this.#send(first);
  }

  async #send(run: FrameRun<TreeFile>): Promise<void> {
    this.#pool ??= this.#start();
    await this.#pool.ready().catch((error: unknown) => this.#fail(error));
    this.#check();
    const one = this.#run(this.#pool.run(run), run).finally(() => this.#running.delete(one));
    this.#running.add(one);
  }

  async #readHere(run: FrameRun<TreeFile>): Promise<void> {
    const { source, root, metadata, signal, translate } = this.options;
    const named = <T>(path: string, work: () => T): T => {
      try {
        return work();
      } catch (error) {
        throw translate(error, path);
      }
    };
    const damaged = readHere(run, {
      driver: source.driver,
      bundles: source.header.bundles,
      sink: {
        open: (item) => {
          const file = named(item.path, () => new NewFile(root.fd, item, metadata));
          return {
            write: (piece) => named(item.path, () => file.write(piece)),
            finish: () => named(item.path, () => file.finish()),
            abandon: () => file.abandon(),
          };
        },
        close: () => undefined,
      },
      onBytes: (bytes) => {
        this.#bytes += bytes;
      },
      ...(signal === undefined ? {} : { signal }),
    });
    await this.#run(damaged, run);
  }

  /** Where a file's content is; none for one without content, which is made at once. */
  #placed({ path, entry }: TreeEntry): PlacedItem<TreeFile>[] {
    const size = storedSize(entry);
    const name = displayPath(entryPath(entry));
    const file = { path, name, fileSize: entry.size, extents: entry.extents ?? null, metadata: metadataOf(entry) };
    if (size === 0) {
      try {
        new NewFile(this.options.root.fd, file, this.options.metadata).finish();
      } catch (error) {
        throw this.options.translate(error, path);
      }
      return [];
    }
    const { in: location, sha256 = '' } = entry;
    if (location === undefined) throw bundleDamaged(name, null, 'the manifest does not say where its content is');
    const { bundle, offset, length, skip } = location;
    return [{ bundle, item: { ...file, offset, length, skip, size, sha256 } }];
  }

  async #run(reading: Promise<DamagedItem<TreeFile>[]>, run: FrameRun<TreeFile>): Promise<void> {
    try {
      const [damaged] = await reading;
      if (damaged === undefined) this.options.onProgress(run.items.at(-1)?.path ?? '');
      else throw this.#damage(run, damaged.item, damaged.reason);
    } catch (error) {
      this.#fail(error);
    }
  }

  #damage(run: FrameRun, item: TreeFile, reason: string): AppError {
    const bundle = this.options.source.header.bundles.find((one) => one.id === run.bundle);
    return bundleDamaged(item.name, bundle?.key ?? null, reason);
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    const item = error instanceof ReadThreadFailed ? error.item : null;
    const isOfFile = errnoOf(error) !== undefined && item !== null && 'path' in item;
    const failure = isOfFile ? this.options.translate(error, String(item.path)) : error;
    this.#failure = failure instanceof Error ? failure : new Error(String(failure));
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  #start(): ReadPool<TreeFile, Refusals> {
    const { source, root, ownership, signal } = this.options;
    return new ReadPool({
      driver: source.driver,
      bundles: source.header.bundles,
      spawn: (memory) => {
        const data: ExtractWorkerData = { memory, folder: root.fd, ownership };
        return spawnWorker('./extract-worker.js', import.meta.url, data);
      },
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function inBundleOrder(a: PlacedItem<TreeFile>, b: PlacedItem<TreeFile>): number {
  return a.bundle - b.bundle || a.item.offset - b.item.offset || a.item.skip - b.item.skip;
}

const contentOf = (run: FrameRun): number => run.items.reduce((sum, { size }) => sum + size, 0);
