import { ftruncateSync, unlinkSync, writeSync } from 'node:fs';
import { closeFile, makeFileAt } from '../../native/file-calls.js';
import type { ManifestEntry } from '../manifest/index.js';
import type { ContentItem, ContentWriter } from '../read/pool/index.js';
import type { EntryMetadata, MetadataWriter } from './metadata.js';

/** A file of the tree with the place of its content. */
export interface TreeFile extends ContentItem {
  /** Relative path, latin1 text of its bytes. */
  path: string;
  /** Its member path, for messages. */
  name: string;
  /** Bytes of the file, holes included. */
  fileSize: number;
  extents: ManifestEntry['extents'] | null;
  metadata: EntryMetadata;
}

/**
 * A new file below a folder that no one else can enter: filled bit by bit, holes stay holes, then given its metadata. Synchronous;
 * `finish` or `abandon` it.
 */
export class NewFile implements ContentWriter {
  readonly #fd: number;
  #position = 0;
  #extent = 0;
  #inExtent = 0;

  /** Throws EEXIST when the name is taken, ELOOP when it is a link. */
  constructor(
    private readonly folder: number,
    private readonly file: Pick<TreeFile, 'path' | 'fileSize' | 'extents' | 'metadata'>,
    private readonly writer: MetadataWriter,
  ) {
    this.#fd = makeFileAt(folder, file.path, 0o600);
  }

  write(piece: Buffer): void {
    const { extents } = this.file;
    if (extents === null || extents === undefined) {
      writeAt(this.#fd, piece, this.#position);
      this.#position += piece.length;
      return;
    }
    let rest = piece;
    while (rest.length > 0) {
      const [offset, length] = extents[this.#extent] ?? [0, 0];
      if (this.#inExtent === length) {
        if (this.#extent >= extents.length) return;
        this.#extent += 1;
        this.#inExtent = 0;
        continue;
      }
      const bytes = rest.subarray(0, length - this.#inExtent);
      writeAt(this.#fd, bytes, offset + this.#inExtent);
      this.#inExtent += bytes.length;
      rest = rest.subarray(bytes.length);
    }
  }

  finish(): void {
    try {
      if (this.file.extents !== null) ftruncateSync(this.#fd, this.file.fileSize);
      this.writer.file(this.#fd, this.file.path, this.file.metadata);
    } catch (error) {
      this.abandon();
      throw error;
    }
    closeFile(this.#fd);
  }

  /** Takes it away again: another copy of its content may be tried. */
  abandon(): void {
    try {
      unlinkSync(Buffer.from(`/proc/self/fd/${this.folder}/${this.file.path}`, 'latin1'));
    } catch {
      // What is left of it goes with the folder.
    }
    try {
      closeFile(this.#fd);
    } catch {
      // What it says is of no use any more.
    }
  }
}

function writeAt(fd: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}
