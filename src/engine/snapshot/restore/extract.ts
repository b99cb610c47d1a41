import { linkSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf, throwIfAborted } from '../../../common/errors/index.js';
import type { DirectoryHandle } from '../../native/directory.js';
import { makeFifo } from '../../native/posix.js';
import type { BackupSource, JobWarning } from '../../ports/index.js';
import { comparePaths, entryTarget, isSafeMemberPath, type ManifestEntry } from '../manifest/index.js';
import { manifestUnsafe, translateFile } from './errors.js';
import { FileWriters } from './file-writers.js';
import { MetadataWriter, type Ownership } from './metadata.js';
import type { Reuse } from './reuse.js';
import type { TreeEntry } from './select.js';
import { Spool } from './spool.js';

export interface ExtractOptions {
  signal?: AbortSignal;
  /** Default `numbers`. */
  ownership?: Ownership;
  /** Files that are gathered, so that their contents can be read in the order of the bundle. Default 16384. */
  windowEntries?: number;
  onProgress?: (progress: { bytesDone: number; itemsDone: number; current: string }) => void;
  /** Puts files into place that need not be fetched. */
  reuse?: Pick<Reuse, 'take'>;
}

export interface ExtractSummary {
  entries: number;
  bytes: number;
  warnings: JobWarning[];
}

const WINDOW_ENTRIES = 16_384;
const SLICE_MS = 15;

interface OpenFolder {
  path: string;
  /** Null for a folder that has no entry of its own. */
  entry: ManifestEntry | null;
}

/**
 * Writes entries (in path order) into a fresh, empty folder that nobody else can enter (0700, ours). Names and links come
 * from a manifest that may be hostile: whatever does not fit into this very tree is refused with MANIFEST_UNSAFE. Content
 * is checked against its SHA-256 (BUNDLE_DAMAGED). Threads write the files. Memory is bounded by the window. Not durable: sync
 * afterwards.
 */
export async function extractTree(
  source: BackupSource,
  entries: AsyncIterable<TreeEntry>,
  root: DirectoryHandle,
  options: ExtractOptions = {},
): Promise<ExtractSummary> {
  const extraction = new Extraction(source, root, options);
  try {
    for await (const entry of entries) await extraction.add(entry);
    return await extraction.finish();
  } finally {
    await extraction.close();
  }
}

class Extraction {
  readonly #metadata: MetadataWriter;
  /** The folders on the way to the current entry, the root first. */
  readonly #stack: OpenFolder[] = [{ path: '', entry: null }];
  readonly #writers: FileWriters;
  /** What is put off until all files are there: hard links, then the metadata of folders, inner ones first. */
  readonly #links: Spool;
  readonly #closed: Spool;
  #files: TreeEntry[] = [];
  #previous: Buffer | null = null;
  #sliceEnd = performance.now() + SLICE_MS;
  #entries = 0;

  constructor(
    source: BackupSource,
    private readonly root: DirectoryHandle,
    private readonly options: ExtractOptions,
  ) {
    const ownership = options.ownership ?? 'numbers';
    this.#metadata = new MetadataWriter(ownership);
    this.#links = new Spool(root);
    this.#closed = new Spool(root);
    this.#writers = new FileWriters({
      source,
      root,
      ownership,
      metadata: this.#metadata,
      translate: (error, path) => this.#translated(error, path),
      onProgress: (current) => this.#report(current),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async add(item: TreeEntry): Promise<void> {
    this.#check(item.path);
    this.#guard(item.path, () => this.#place(item));
    if (this.#files.length >= (this.options.windowEntries ?? WINDOW_ENTRIES)) await this.#flush();
    else await this.#breathe();
  }

  async finish(): Promise<ExtractSummary> {
    while (this.#stack.length > 0) this.#leave();
    await this.#flush();
    await this.#writers.finish();
    for (const record of this.#links.all()) {
      const link: TreeEntry = JSON.parse(record);
      this.#guard(link.path, () => this.#link(link));
      await this.#breathe(link.path);
    }
    for (const record of this.#closed.all()) {
      const { path, entry }: TreeEntry = JSON.parse(record);
      this.#guard(path, () => this.#metadata.other(this.root.path(path), path, entry));
      await this.#breathe(path);
    }
    this.#report('');
    return { entries: this.#entries, bytes: this.#writers.bytes, warnings: this.#metadata.warnings() };
  }

  /** Ends the threads and forgets what was put off. */
  async close(): Promise<void> {
    await this.#writers.close();
    this.#links.close();
    this.#closed.close();
  }

  #check(path: string): void {
    const bytes = Buffer.from(path, 'latin1');
    if (path !== '' && !isSafeMemberPath(bytes)) throw manifestUnsafe(path, 'its path leads out of the folder');
    if (this.#previous !== null && comparePaths(this.#previous, bytes) >= 0)
      throw manifestUnsafe(path, 'it is not in path order');
    this.#previous = bytes;
  }

  #place(item: TreeEntry): void {
    const { path, entry } = item;
    this.#enter(path);
    this.#entries += 1;
    switch (entry.type) {
      case 'dir':
        this.#folder(path, entry);
        return;
      case 'file':
        if (this.options.reuse?.take(item, this.#metadata) === true) return;
        this.#files.push(item);
        return;
      case 'hardlink':
        this.#links.append(JSON.stringify(item));
        return;
      case 'symlink':
        symlinkSync(entryTarget(entry) ?? Buffer.alloc(0), this.root.path(path));
        this.#metadata.link(this.root.path(path), path, entry);
        return;
      case 'fifo':
        makeFifo(this.root.path(path), 0o600);
        this.#metadata.other(this.root.path(path), path, entry);
        return;
    }
  }

  /** Leaves the folders that are behind us; makes those on the way that have no entry of their own. */
  #enter(path: string): void {
    for (let top = this.#stack.at(-1); top !== undefined && top.path !== ''; top = this.#stack.at(-1)) {
      if (path.startsWith(`${top.path}/`)) break;
      this.#leave();
    }
    const from = this.#stack.at(-1)?.path ?? '';
    const start = from === '' ? 0 : from.length + 1;
    for (let slash = path.indexOf('/', start); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      this.#folder(path.slice(0, slash), null);
    }
  }

  #folder(path: string, entry: ManifestEntry | null): void {
    if (path === '') {
      this.#stack[0] = { path, entry };
      return;
    }
    // Made by us just now, so that it can't be a link: all below it stays in this tree.
    mkdirSync(this.root.path(path), 0o700);
    this.#stack.push({ path, entry });
  }

  #leave(): void {
    const folder = this.#stack.pop();
    // One without an entry of its own stays as it was made.
    if (folder !== undefined && folder.entry !== null) this.#closed.append(JSON.stringify(folder));
  }

  async #flush(): Promise<void> {
    const files = this.#files;
    this.#files = [];
    await this.#writers.write(files);
  }

  /** The first name must be a file that was written here: never one that is reached through a link. */
  #link({ path, linkTo }: TreeEntry): void {
    const first = linkTo ?? '';
    if (first === '' || !isSafeMemberPath(Buffer.from(first, 'latin1')))
      throw manifestUnsafe(path, 'it is a hard link to outside');
    this.root.inParent(first, (parent, name) => {
      if (!lstatSync(parent.path(name)).isFile()) throw manifestUnsafe(path, 'it is a hard link to something else');
      linkSync(parent.path(name), this.root.path(path));
    });
  }

  #guard(path: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      throw this.#translated(error, path);
    }
  }

  #translated(error: unknown, path: string): unknown {
    const code = errnoOf(error);
    // In a tree of our own these can only come from the manifest: one name twice, or a file where a folder must be.
    if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENOENT')
      return manifestUnsafe(path, `it does not fit to the entries before it (${code})`, error);
    return translateFile(error, 'written', path, 'the staging folder');
  }

  async #breathe(current = ''): Promise<void> {
    if (performance.now() < this.#sliceEnd) return;
    await setImmediate();
    if (this.options.signal !== undefined) throwIfAborted(this.options.signal);
    this.#sliceEnd = performance.now() + SLICE_MS;
    if (current !== '') this.#report(current);
  }

  #report(current: string): void {
    this.options.onProgress?.({ bytesDone: this.#writers.bytes, itemsDone: this.#entries, current });
  }
}
