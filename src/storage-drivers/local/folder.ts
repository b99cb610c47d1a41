import { constants, type BigIntStats } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { errnoOf } from '../../common/errors/index.js';

const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;

/**
 * An open folder whose children are named through its descriptor: neither a link nor a rename by somebody else can
 * lead an operation elsewhere. Close it.
 */
export class Folder {
  private constructor(readonly handle: FileHandle) {}

  /** Opens the storage's root; a link there is the administrator's and is followed. */
  static async openRoot(path: string): Promise<Folder> {
    return new Folder(await open(path, OPEN_FOLDER));
  }

  /** A name in this folder (one path segment), as a path that is valid while the folder is open. */
  path(name: string): string {
    return `/proc/self/fd/${this.handle.fd}/${name}`;
  }

  async child(name: string): Promise<Folder> {
    return new Folder(await open(this.path(name), OPEN_FOLDER | constants.O_NOFOLLOW));
  }

  /** The child folder, made when missing (durably). */
  async makeChild(name: string): Promise<Folder> {
    try {
      return await this.child(name);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
    try {
      await mkdir(this.path(name), 0o700);
      await this.sync();
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
    return this.child(name);
  }

  /** Opens a file of this folder, never through a link. */
  async openFile(name: string, flags: number, mode = 0o600): Promise<FileHandle> {
    return open(this.path(name), flags | constants.O_NOFOLLOW, mode);
  }

  /** Facts of a name, links not followed; null when missing. */
  async stat(name: string): Promise<BigIntStats | null> {
    try {
      return await lstat(this.path(name), { bigint: true });
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async sync(): Promise<void> {
    await this.handle.sync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Opens the folder chain below `root` (making it with `create`) and runs the work in the last one; all are closed after. */
export async function withFolder<T>(
  root: Folder,
  segments: readonly string[],
  create: boolean,
  work: (folder: Folder, chain: readonly Folder[]) => Promise<T>,
): Promise<T> {
  const chain: Folder[] = [root];
  try {
    let folder = root;
    for (const segment of segments) {
      folder = create ? await folder.makeChild(segment) : await folder.child(segment);
      chain.push(folder);
    }
    return await work(folder, chain);
  } finally {
    await Promise.all(chain.slice(1).map((folder) => folder.close()));
  }
}
