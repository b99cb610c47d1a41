import { closeSync, constants, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DirectoryHandle, splitRelative } from '../../native/directory.js';

const BUFFER_CHARACTERS = 64 * 1024;

/** A file of the live tree that the staged tree shares, as it was right after it had got its second name. */
export interface SharedFile {
  /** In both trees, latin1. */
  path: string;
  identity: string;
  size: string;
  mtime: string;
  ctime: string;
  links: string;
}

/** Files that are shared, in path order, in a file of the staging folder: in memory they could be too many. */
export class SharedFileList {
  readonly #fd: number;
  #lines: string[] = [];
  #characters = 0;
  count = 0;

  /** Begins the list anew. */
  constructor(staging: DirectoryHandle, name: string) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    this.#fd = openSync(staging.path(name), flags, 0o600);
  }

  add(file: SharedFile): void {
    const line = `${JSON.stringify(file)}\n`;
    this.#lines.push(line);
    this.#characters += line.length;
    this.count += 1;
    if (this.#characters >= BUFFER_CHARACTERS) this.#write();
  }

  /** Writes the rest; the list can be read then. Throws what writing throws (ENOSPC). */
  close(): void {
    try {
      this.#write();
    } finally {
      closeSync(this.#fd);
    }
  }

  #write(): void {
    const bytes = Buffer.from(this.#lines.join(''));
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    this.#lines = [];
    this.#characters = 0;
  }
}

/** The files of a list; none when it was never begun. */
export async function* readSharedFiles(staging: DirectoryHandle, name: string): AsyncGenerator<SharedFile> {
  if (staging.find(name) === null) return;
  const lines = createInterface({ input: createReadStream(staging.path(name)), crlfDelay: Infinity });
  for await (const line of lines) {
    // Our own file, in a folder that is ours alone: its shape is known.
    const file: SharedFile = JSON.parse(line);
    yield file;
  }
}

/** Folders below a root, reached without following links; the last one stays open, since paths in order share it. */
export class LastFolder {
  #path: string | null = null;
  #folder: DirectoryHandle | null = null;

  constructor(private readonly root: DirectoryHandle) {}

  /** The folder that a relative path is in, and its last name. Throws what `descend` throws. The folder is closed by the next call. */
  of(relative: string): { parent: DirectoryHandle; name: string } {
    const [folder, name] = splitRelative(relative);
    if (this.#folder === null || this.#path !== folder) {
      this.close();
      this.#folder = this.root.descend(folder);
      this.#path = folder;
    }
    return { parent: this.#folder, name };
  }

  close(): void {
    this.#folder?.close();
    this.#folder = null;
    this.#path = null;
  }
}
