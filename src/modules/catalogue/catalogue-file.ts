import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { catalogueDamaged, catalogueFormatUnsupported } from './catalogue.errors.js';

export const CATALOGUE_FORMAT = 'backupd-catalogue/1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_HEADER_BYTES = 4096;
const CHUNK_BYTES = 256 * 1024;

/** The first line of a catalogue backup, in the clear. */
export interface CatalogueHeader {
  format: typeof CATALOGUE_FORMAT;
  /** The master that made it. */
  instance: string;
  createdAt: string;
  /** Name of the secret key it is sealed with. */
  keyId: string;
  /** Hex. */
  nonce: string;
}

/** A sealed file as it lies on disk. */
export interface SealedFile {
  path: string;
  size: number;
  /** SHA-256 of the whole, hex. */
  sha256: string;
}

/**
 * Seals a stream into a new file: the header as a line of JSON, then AES-256-GCM ciphertext (the header's line is authenticated
 * with it), then the tag. Durable when it resolves; on an error the caller removes the file.
 */
export async function sealToFile(
  path: string,
  about: Omit<CatalogueHeader, 'format' | 'nonce'>,
  key: Buffer,
  content: AsyncIterable<Buffer>,
): Promise<SealedFile> {
  const nonce = randomBytes(NONCE_BYTES);
  const header: CatalogueHeader = { format: CATALOGUE_FORMAT, ...about, nonce: nonce.toString('hex') };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(line);
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  const write = async (bytes: Buffer): Promise<void> => {
    hash.update(bytes);
    size += bytes.length;
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
  };
  try {
    await write(line);
    for await (const chunk of content) await write(cipher.update(chunk));
    await write(cipher.final());
    await write(cipher.getAuthTag());
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, size, sha256: hash.digest('hex') };
}

/** The header of a catalogue backup from its first bytes. Errors: CATALOGUE_DAMAGED, CATALOGUE_FORMAT_UNSUPPORTED. */
export function parseHeader(bytes: Buffer): { header: CatalogueHeader; length: number } {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  if (end === -1) throw catalogueDamaged('it has no header');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8', 0, end));
  } catch (error) {
    throw catalogueDamaged('its header is not JSON', error);
  }
  if (!isHeader(value)) throw catalogueDamaged('its header lacks something');
  return { header: value, length: end + 1 };
}

/** An opened catalogue backup whose every byte was authenticated before. */
export class SealedReader {
  private constructor(
    private readonly path: string,
    private readonly key: Buffer,
    readonly header: CatalogueHeader,
    private readonly start: number,
    private readonly end: number,
    private readonly digest: string,
  ) {}

  /**
   * Checks the whole file against its tag; nothing of its content is given before. `keyOf` gives the key of that name, or throws.
   * Errors: CATALOGUE_DAMAGED, CATALOGUE_FORMAT_UNSUPPORTED, and those of `keyOf`.
   */
  static async open(path: string, keyOf: (keyId: string) => Buffer): Promise<SealedReader> {
    const { size } = await stat(path);
    const file = await open(path, 'r');
    try {
      const first = Buffer.alloc(Math.min(size, MAX_HEADER_BYTES));
      await file.read(first, 0, first.length, 0);
      const { header, length } = parseHeader(first);
      if (size < length + TAG_BYTES) throw catalogueDamaged('its end is missing');
      const reader = new SealedReader(path, keyOf(header.keyId), header, length, size - TAG_BYTES, '');
      // One pass that gives nothing away.
      const hash = createHash('sha256');
      for await (const chunk of reader.decipher(file)) hash.update(chunk);
      return new SealedReader(path, reader.key, header, reader.start, reader.end, hash.digest('hex'));
    } finally {
      await file.close();
    }
  }

  /** The content. Ends with CATALOGUE_DAMAGED when the file was changed since it was checked. */
  async *content(): AsyncGenerator<Buffer> {
    const file = await open(this.path, 'r');
    const hash = createHash('sha256');
    try {
      for await (const chunk of this.decipher(file)) {
        hash.update(chunk);
        yield chunk;
      }
    } finally {
      await file.close();
    }
    if (hash.digest('hex') !== this.digest) throw catalogueDamaged('it was changed while it was read');
  }

  private async *decipher(file: FileHandle): AsyncGenerator<Buffer> {
    const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(this.header.nonce, 'hex'));
    decipher.setAAD(await readAt(file, 0, this.start));
    decipher.setAuthTag(await readAt(file, this.end, TAG_BYTES));
    for (let at = this.start; at < this.end;) {
      const chunk = await readAt(file, at, Math.min(CHUNK_BYTES, this.end - at));
      at += chunk.length;
      yield decipher.update(chunk);
    }
    try {
      yield decipher.final();
    } catch (error) {
      throw catalogueDamaged('it is not what was written, or the key is another one', error);
    }
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw catalogueDamaged('its end is missing');
  return bytes;
}

function isHeader(value: unknown): value is CatalogueHeader {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  const { format, instance, createdAt, keyId, nonce } = fields;
  if (typeof format === 'string' && format.startsWith('backupd-catalogue/') && format !== CATALOGUE_FORMAT)
    throw catalogueFormatUnsupported(format);
  return (
    format === CATALOGUE_FORMAT &&
    typeof instance === 'string' &&
    typeof createdAt === 'string' &&
    typeof keyId === 'string' &&
    /^[0-9a-f]{8}$/.test(keyId) &&
    typeof nonce === 'string' &&
    /^[0-9a-f]{24}$/.test(nonce)
  );
}
