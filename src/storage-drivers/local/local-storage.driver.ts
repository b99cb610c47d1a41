import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rmdir, stat, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { cancelledError, errnoOf } from '../../common/errors/index.js';
import {
  assertStorageKey,
  type ByteRange,
  type FileStorageDriver,
  type InitialisableStorageDriver,
  objectNotFound,
  type PutOptions,
  type PutSource,
  type StorageTrial,
  type StoredObject,
} from '../../engine/ports/index.js';
import { FileRangeStream } from './file-range-stream.js';
import { Folder, withFolder } from './folder.js';
import { translate, unreachable, type FailedOperation } from './local-errors.js';
import { listObjects } from './local-list.js';
import { PARTIAL_FOLDER, putObject } from './local-put.js';

/** In the root of every local storage: without it the disk is not mounted, or the folder is another one. */
export const MARKER_FILE = '.backupd-storage';

/** A missing name, or a link or file where a folder of the key should be: no object of ours is there. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/**
 * Objects as files of a folder: key `a/b` is the file `<root>/a/b`. Folders 0700, objects 0600; the contract of
 * `StorageDriver` holds also over power loss. Works on any POSIX file system, network mounts included.
 */
export class LocalStorageDriver implements InitialisableStorageDriver, FileStorageDriver {
  readonly kind = 'local';

  constructor(
    private readonly root: string,
    /** False only for a trial: the marker says that this is the disk, so a trial must not put it there. */
    private readonly needsMarker = true,
  ) {}

  /** Makes the folder and its marker. Idempotent; a storage that was used before keeps what it has. */
  async initialise(): Promise<void> {
    await this.translated({ what: 'set up' }, async () => {
      await makeDurably(this.root);
      const root = await Folder.openRoot(this.root);
      try {
        await (await root.makeChild(PARTIAL_FOLDER)).close();
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
        const marker = await root.openFile(MARKER_FILE, flags);
        try {
          await marker.writeFile(`{"format":"backupd-storage/1","createdAt":"${new Date().toISOString()}"}\n`);
          await marker.sync();
        } finally {
          await marker.close();
        }
        await root.sync();
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      } finally {
        await root.close();
      }
    });
  }

  async trial(): Promise<StorageTrial> {
    const made = await this.translated({ what: 'set up' }, () => makeDurably(this.root));
    const hadPartials = await exists(join(this.root, PARTIAL_FOLDER));
    return {
      driver: new LocalStorageDriver(this.root, false),
      end: async () => {
        // A storage was made of it meanwhile.
        if (await exists(join(this.root, MARKER_FILE))) return;
        const ours = [...(hadPartials ? [] : [join(this.root, PARTIAL_FOLDER)]), ...made.toReversed()];
        // What is no longer empty is in use by somebody else.
        for (const folder of ours) await rmdir(folder).catch(() => undefined);
      },
    };
  }

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    assertStorageKey(key);
    const neededBytes = 'bytes' in source ? source.bytes.length : source.size;
    return this.withRoot({ what: 'written', key, neededBytes }, async (root) => {
      const placed = await putObject(root, key, source, options);
      const stored = await this.lookUp(root, key);
      if (stored === null) throw objectNotFound(key);
      return placed.sha256 === undefined ? stored : { ...stored, sha256: placed.sha256 };
    });
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    assertStorageKey(key);
    if (signal?.aborted === true) throw cancelledError();
    return this.withRoot({ what: 'looked up', key }, (root) => this.lookUp(root, key));
  }

  async read(key: string, range: ByteRange = { offset: 0 }, signal?: AbortSignal): Promise<Readable> {
    const file = await this.openFile(key);
    const operation = { what: 'read', key };
    try {
      const { size } = await file.stat();
      const offset = Math.min(range.offset, size);
      const end = range.length === undefined ? size : Math.min(size, offset + range.length);
      return new FileRangeStream(file, { offset, end }, (error) => translate(error, this.root, operation), signal);
    } catch (error) {
      await file.close();
      throw translate(error, this.root, operation);
    }
  }

  async openFile(key: string): Promise<FileHandle> {
    assertStorageKey(key);
    return this.withRoot({ what: 'read', key }, async (root) => {
      const { folders, name } = split(key);
      const file = await withFolder(root, folders, false, (folder) =>
        folder.openFile(name, constants.O_RDONLY | constants.O_NONBLOCK),
      ).catch((error: unknown) => {
        throw NOT_THERE.has(errnoOf(error) ?? '') ? objectNotFound(key) : error;
      });
      if ((await file.stat()).isFile()) return file;
      await file.close();
      throw objectNotFound(key);
    });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    const operation = { what: 'listed' };
    const root = await this.openRoot(operation);
    try {
      for await (const object of listObjects(root, '', prefix)) {
        if (signal?.aborted === true) throw cancelledError();
        yield object;
      }
    } catch (error) {
      throw translate(error, this.root, operation);
    } finally {
      await root.close();
    }
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    assertStorageKey(key);
    if (signal?.aborted === true) throw cancelledError();
    await this.withRoot({ what: 'deleted', key }, async (root) => {
      const { folders, name } = split(key);
      try {
        await withFolder(root, folders, false, async (folder, chain) => {
          await unlink(folder.path(name));
          await folder.sync();
          await removeEmptyParents(chain, folders);
        });
      } catch (error) {
        // EISDIR: a folder has that name, so there is no such object.
        const code = errnoOf(error) ?? '';
        if (!NOT_THERE.has(code) && code !== 'EISDIR') throw error;
      }
    });
  }

  async removeAbandoned(olderThanMs: number): Promise<number> {
    return this.withRoot({ what: 'cleaned' }, async (root) => {
      const limit = Date.now() - olderThanMs;
      try {
        return await withFolder(root, [PARTIAL_FOLDER], false, async (partials) => {
          let removed = 0;
          for (const name of await readdir(partials.path('.'))) {
            const facts = await partials.stat(name);
            // Change time: a linked work file has an old modification time.
            if (facts?.isFile() !== true || Number(facts.ctimeMs) > limit) continue;
            await unlink(partials.path(name));
            removed++;
          }
          return removed;
        });
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return 0;
        throw error;
      }
    });
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.withRoot({ what: 'measured' }, async (root) => {
      const facts = await statfs(root.path('.'));
      return { freeBytes: facts.bavail * facts.bsize, totalBytes: facts.blocks * facts.bsize };
    });
  }

  private async lookUp(root: Folder, key: string): Promise<StoredObject | null> {
    const { folders, name } = split(key);
    try {
      const facts = await withFolder(root, folders, false, (folder) => folder.stat(name));
      if (facts?.isFile() !== true) return null;
      return { key, size: Number(facts.size), modifiedAt: new Date(Number(facts.mtimeMs)) };
    } catch (error) {
      if (NOT_THERE.has(errnoOf(error) ?? '')) return null;
      throw error;
    }
  }

  private async openRoot(operation: FailedOperation): Promise<Folder> {
    const root = await Folder.openRoot(this.root).catch((error: unknown) => {
      if (NOT_THERE.has(errnoOf(error) ?? '')) throw unreachable(this.root, 'there is no such folder', error);
      throw translate(error, this.root, operation);
    });
    if (!this.needsMarker) return root;
    const marker = await root.stat(MARKER_FILE).catch(() => null);
    if (marker !== null) return root;
    await root.close();
    throw unreachable(this.root, `it has no ${MARKER_FILE} file`);
  }

  private async withRoot<T>(operation: FailedOperation, work: (root: Folder) => Promise<T>): Promise<T> {
    const root = await this.openRoot(operation);
    try {
      return await this.translated(operation, () => work(root));
    } finally {
      await root.close();
    }
  }

  private async translated<T>(operation: FailedOperation, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const free = await statfs(this.root).then(
        (facts) => facts.bavail * facts.bsize,
        () => undefined,
      );
      throw translate(error, this.root, { ...operation, freeBytes: free });
    }
  }
}

function split(key: string): { folders: string[]; name: string } {
  const folders = key.split('/');
  const name = folders.pop() ?? '';
  return { folders, name };
}

/** From the innermost folder outwards, as long as they are empty; never the root. */
async function removeEmptyParents(chain: readonly Folder[], folders: readonly string[]): Promise<void> {
  for (let depth = folders.length - 1; depth >= 0; depth--) {
    const parent = chain[depth];
    const name = folders[depth];
    if (parent === undefined || name === undefined) return;
    try {
      await rmdir(parent.path(name));
    } catch {
      return;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** `mkdir -p` with 0700 whose new folders survive a power loss; those that it made, outermost first. */
async function makeDurably(path: string): Promise<string[]> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  if (isFolder) return [];
  const parent = dirname(path);
  const made = parent === path ? [] : await makeDurably(parent);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else was faster: a folder of theirs.
    if (errnoOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return made;
    throw error;
  }
  const handle = await open(parent, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return [...made, path];
}
