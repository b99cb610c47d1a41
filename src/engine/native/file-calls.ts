import { constants } from 'node:fs';
import { PosixError, type Xattr } from './posix.js';
import { libc } from './libc.js';

/**
 * The calls that making very many files is made of, relative to an open folder, with as little around them as can be. Usable in
 * worker threads. Linux (glibc or musl) only.
 */
const cOpenat = libc.func('int openat(int folder, const void *name, int flags, uint32_t mode)');
const cClose = libc.func('int close(int fd)');
const cFutimens = libc.func('int futimens(int fd, const void *times)');
const cFsetxattr = libc.func('int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)');

const cSyncFileRange = libc.func('int sync_file_range(int fd, int64_t offset, int64_t length, uint32_t flags)');
const cFadvise = libc.func('int posix_fadvise(int fd, int64_t offset, int64_t length, int advice)');

/** Wait for writes under way, begin those that are not, wait for these. */
const WRITE_AND_WAIT = 1 | 2 | 4;
const BEGIN_WRITE = 2;
const WILL_NEED = 3;
const DONT_NEED = 4;
const O_CLOEXEC = 0o2000000;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | O_CLOEXEC;
const BILLION = 1_000_000_000n;

let nameBuffer = Buffer.alloc(8192);
const times = Buffer.alloc(32);

/** A latin1 name as bytes with a NUL, in a buffer that the next call uses again. */
function terminated(name: string): Buffer {
  if (name.length >= nameBuffer.length) nameBuffer = Buffer.alloc(name.length * 2);
  nameBuffer[nameBuffer.write(name, 'latin1')] = 0;
  return nameBuffer;
}

/**
 * Makes a file that must not exist yet (EEXIST; a link is never followed in the last place) and opens it for writing. `name` is
 * latin1 text of the path's bytes below the folder; the umask takes bits from the mode. Close it with `closeFile`: Node does not know of it.
 */
export function makeFileAt(folder: number, name: string, mode: number): number {
  const fd: unknown = cOpenat(folder, terminated(name), NEW_FILE, mode);
  if (typeof fd !== 'number' || fd < 0) throw new PosixError('openat');
  return fd;
}

/** Closes a file that `makeFileAt` opened. Throws PosixError: a network file system may only now say what it could not write. */
export function closeFile(fd: number): void {
  if (cClose(fd) !== 0) throw new PosixError('close');
}

/** Sets the modification time of an open file in nanoseconds (access time the same). */
export function setOpenFileMtimeNs(fd: number, mtimeNs: bigint): void {
  const nanos = ((mtimeNs % BILLION) + BILLION) % BILLION;
  const seconds = (mtimeNs - nanos) / BILLION;
  for (const at of [0, 16]) {
    times.writeBigInt64LE(seconds, at);
    times.writeBigInt64LE(nanos, at + 8);
  }
  if (cFutimens(fd, times) !== 0) throw new PosixError('futimens');
}

/** Sets one extended attribute of an open file. */
export function setOpenFileXattr(fd: number, { name, value }: Xattr): void {
  if (cFsetxattr(fd, name, value, value.length, 0) !== 0) throw new PosixError('fsetxattr');
}

/** Tells the disk to begin reading an open file into the page cache; does nothing where it is there. */
export function beginReading(fd: number): void {
  cFadvise(fd, 0, 0, WILL_NEED);
}

/** Tells the disk to begin writing a part of a file. No promise of anything: `fsync` gives that. */
export function beginWriteBack(fd: number, offset: number, length: number): void {
  cSyncFileRange(fd, offset, length, BEGIN_WRITE);
}

/** The same from a thread that must not wait for a busy disk. Never rejects; the file must stay open until it resolves. */
export async function beginWriteBackSoon(fd: number, offset: number, length: number): Promise<void> {
  await new Promise<void>((resolve) => {
    cSyncFileRange.async(fd, offset, length, BEGIN_WRITE, () => resolve());
  });
}

/**
 * Writes a part of a file to the disk and takes it out of the page cache, where the file system can. Blocks the thread. No promise
 * of durability.
 */
export function writeOutAndForget(fd: number, offset: number, length: number): void {
  if (cSyncFileRange(fd, offset, length, WRITE_AND_WAIT) === 0) cFadvise(fd, offset, length, DONT_NEED);
}
