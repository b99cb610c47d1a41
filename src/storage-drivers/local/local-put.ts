import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { AppError, cancelledError, errnoOf } from '../../common/errors/index.js';
import {
  checksumMismatch,
  type FileSource,
  type PutOptions,
  type PutSource,
  sourceChunks,
} from '../../engine/ports/index.js';
import { withFolder, type Folder } from './folder.js';

/** Unfinished objects; never listed. A dot name can't be a key. */
export const PARTIAL_FOLDER = '.partial';

const COPY_CHUNK_BYTES = 1024 * 1024;
const PLACE_ATTEMPTS = 5;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

export interface PlacedObject {
  size: number;
  /** Known where the bytes passed through us. */
  sha256: string | undefined;
}

/** Stores the source under the key: a partial file beside, made durable, then renamed. Leaves nothing when it fails. */
export async function putObject(
  root: Folder,
  key: string,
  source: PutSource,
  options: PutOptions,
): Promise<PlacedObject> {
  stopIfAborted(options);
  const partials = await root.makeChild(PARTIAL_FOLDER);
  const partial = randomUUID();
  try {
    const placed =
      'bytes' in source
        ? await writeBytes(partials, partial, source.bytes, options)
        : 'path' in source
          ? await takeFile(partials, partial, key, source, options)
          : await copy(sourceChunks(source, { offset: 0 }, options.signal), partials, partial, key, source, options);
    stopIfAborted(options);
    await place(root, partials.path(partial), key);
    options.onProgress?.(placed.size);
    return placed;
  } catch (error) {
    await unlink(partials.path(partial)).catch(() => undefined);
    throw error;
  } finally {
    await partials.close();
  }
}

function stopIfAborted(options: PutOptions): void {
  if (options.signal?.aborted === true) throw cancelledError();
}

async function writeBytes(
  partials: Folder,
  name: string,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<PlacedObject> {
  await options.limiter?.take(bytes.length, options.signal);
  const file = await partials.openFile(name, NEW_FILE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function takeFile(
  partials: Folder,
  name: string,
  key: string,
  source: FileSource,
  options: PutOptions,
): Promise<PlacedObject> {
  const input = await open(source.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = await input.stat();
    if (!stat.isFile() || stat.size !== source.size) {
      throw checksumMismatch(
        key,
        `${source.size} bytes`,
        stat.isFile() ? `${stat.size} bytes` : 'no bytes: not a file',
      );
    }
    // A file with a second name lies in a storage already.
    const mayShare = options.mayShare === true && stat.nlink === 1 && stat.uid === process.geteuid?.();
    if (mayShare && (await linkOrClone(partials, name, source.path, stat))) {
      const size = await settle(partials, name);
      if (size !== source.size) throw checksumMismatch(key, `${source.size} bytes`, `${size} bytes`);
      return { size, sha256: undefined };
    }
    return await copy(fileChunks(input), partials, name, key, source, options);
  } finally {
    await input.close();
  }
}

/** The fast ways: a second name for the same finished file, else a copy-on-write clone. False where neither works. */
async function linkOrClone(
  partials: Folder,
  name: string,
  path: string,
  opened: { dev: number; ino: number },
): Promise<boolean> {
  const target = partials.path(name);
  const ways = [
    () => link(path, target),
    () => copyFile(path, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL),
  ];
  for (const [index, way] of ways.entries()) {
    try {
      await way();
    } catch (error) {
      // Another file system, not supported, not permitted, too many links: the next way.
      if (errnoOf(error) === 'ENOSPC') throw error;
      await unlink(target).catch(() => undefined);
      continue;
    }
    if (index > 0) return true;
    const made = await partials.stat(name);
    if (made !== null && made.dev === BigInt(opened.dev) && made.ino === BigInt(opened.ino)) return true;
    await unlink(target);
  }
  return false;
}

/** Mode and durability of a linked or cloned file; its size. */
async function settle(partials: Folder, name: string): Promise<number> {
  await chmod(partials.path(name), 0o600);
  const file = await partials.openFile(name, constants.O_RDONLY);
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** The file's bytes; each chunk is valid until the next is asked for. */
async function* fileChunks(input: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
  for (let at = 0; ;) {
    const { bytesRead } = await input.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function copy(
  input: AsyncIterable<Buffer>,
  partials: Folder,
  name: string,
  key: string,
  announced: { size: number; sha256: string },
  options: PutOptions,
): Promise<PlacedObject> {
  const output = await partials.openFile(name, NEW_FILE);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of input) {
      stopIfAborted(options);
      await options.limiter?.take(chunk.length, options.signal);
      hash.update(chunk);
      await writeFully(output, chunk, size);
      size += chunk.length;
      if (size > announced.size) throw checksumMismatch(key, `${announced.size} bytes`, 'more');
      options.onProgress?.(size);
    }
    if (size !== announced.size) throw checksumMismatch(key, `${announced.size} bytes`, `${size} bytes`);
    const sha256 = hash.digest('hex');
    if (sha256 !== announced.sha256) throw checksumMismatch(key, `SHA-256 ${announced.sha256}`, sha256);
    await output.sync();
    return { size, sha256 };
  } finally {
    await output.close();
  }
}

async function writeFully(output: FileHandle, chunk: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < chunk.length) {
    const { bytesWritten } = await output.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

/** Renames the finished partial to its key. A delete may remove an empty parent folder meanwhile: then it is made again. */
async function place(root: Folder, partial: string, key: string): Promise<void> {
  const segments = key.split('/');
  const name = segments.pop() ?? '';
  for (let attempt = 1; ; attempt++) {
    try {
      await withFolder(root, segments, true, async (folder) => {
        await rename(partial, folder.path(name));
        await folder.sync();
      });
      return;
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT' && attempt < PLACE_ATTEMPTS) continue;
      if (code === 'EISDIR' || code === 'ENOTDIR') throw keyConflict(key, error);
      throw error;
    }
  }
}

function keyConflict(key: string, cause: unknown): AppError {
  return new AppError({
    code: 'STORAGE_KEY_INVALID',
    kind: 'storage',
    message: `${key} can't be stored: part of it is an object, or it is a folder.`,
    hint: 'Something other than backupd has put a file into the storage.',
    retry: 'never',
    context: { key },
    cause,
  });
}
