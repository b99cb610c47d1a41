import koffi from 'koffi';
import { libc } from './libc.js';

/**
 * The POSIX calls that Node lacks and a backup needs: extended attributes, nanosecond times, holes, FIFOs,
 * exchange of two names, advisory locks. Synchronous and cheap (about 1 µs); usable in worker threads.
 * Paths are bytes, as the kernel sees them. Linux (glibc or musl) only.
 */
const timespec = koffi.struct('backupd_timespec', { tv_sec: 'int64_t', tv_nsec: 'int64_t' });

const cLgetxattr = libc.func('int64_t lgetxattr(const void *path, const char *name, void *value, size_t size)');
const cLlistxattr = libc.func('int64_t llistxattr(const void *path, void *list, size_t size)');
const cLsetxattr = libc.func(
  'int lsetxattr(const void *path, const char *name, const void *value, size_t size, int flags)',
);
const cUtimensat = libc.func('utimensat', 'int', ['int', 'const void *', koffi.pointer(timespec), 'int']);
const cLseek = libc.func('int64_t lseek(int fd, int64_t offset, int whence)');
const cMkfifo = libc.func('int mkfifo(const void *path, uint32_t mode)');
const cFlock = libc.func('int flock(int fd, int operation)');
const cRenameat2 = libc.func(
  'int renameat2(int olddirfd, const void *oldpath, int newdirfd, const void *newpath, uint32_t flags)',
);
// Their records begin with the name, in glibc and musl.
const ownerRecord = koffi.struct('backupd_owner_record', { name: 'const char *' });
const cGetpwuid = libc.func('getpwuid', koffi.pointer(ownerRecord), ['uint32_t']);
const cGetgrgid = libc.func('getgrgid', koffi.pointer(ownerRecord), ['uint32_t']);
const cSyncfs = libc.func('int syncfs(int fd)');
const cLremovexattr = libc.func('int lremovexattr(const void *path, const char *name)');
const cLchown = libc.func('int lchown(const void *path, uint32_t uid, uint32_t gid)');

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const SEEK_DATA = 3;
const SEEK_HOLE = 4;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A failed call: `code` is the errno's name, as on Node's own system errors. */
export class PosixError extends Error {
  readonly code: string;
  constructor(call: string, path?: Buffer) {
    const errno = koffi.errno();
    const code = Object.entries(koffi.os.errno).find(([, n]) => n === errno)?.[0] ?? `ERRNO_${errno}`;
    super(`${call}: ${code}${path ? ` '${path.toString()}'` : ''}`);
    this.name = 'PosixError';
    this.code = code;
  }
}

const cPath = (path: Buffer): Buffer => Buffer.concat([path, Buffer.of(0)]);
const isUnsupported = (code: string): boolean => code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENODATA';

/** One extended attribute; the name as in `user.comment`. */
export interface Xattr {
  name: string;
  value: Buffer;
}

/** The extended attributes of a path (links not followed), in name order; none where the file system has none. */
export function listXattrs(path: Buffer): Xattr[] {
  const p = cPath(path);
  const size = Number(cLlistxattr(p, null, 0));
  if (size < 0) {
    const error = new PosixError('llistxattr', path);
    if (isUnsupported(error.code)) return [];
    throw error;
  }
  if (size === 0) return [];
  const list = Buffer.alloc(size + 256);
  const got = Number(cLlistxattr(p, list, list.length));
  if (got < 0) throw new PosixError('llistxattr', path);
  const names = list.subarray(0, got).toString('latin1').split('\0').filter(Boolean).toSorted();
  const result: Xattr[] = [];
  for (const name of names) {
    const valueSize = Number(cLgetxattr(p, name, null, 0));
    if (valueSize < 0) continue;
    const value = Buffer.alloc(valueSize);
    if (valueSize > 0 && Number(cLgetxattr(p, name, value, valueSize)) < 0) continue;
    result.push({ name, value });
  }
  return result;
}

/** Sets one extended attribute on the path itself (a link is not followed). */
export function setXattr(path: Buffer, xattr: Xattr): void {
  if (cLsetxattr(cPath(path), xattr.name, xattr.value, xattr.value.length, 0) !== 0)
    throw new PosixError('lsetxattr', path);
}

/** Removes one extended attribute of the path itself; a missing one, or a file system without any, is success. */
export function removeXattr(path: Buffer, name: string): void {
  if (cLremovexattr(cPath(path), name) === 0) return;
  const error = new PosixError('lremovexattr', path);
  if (!isUnsupported(error.code)) throw error;
}

/** Writes all that the file system of an open file has in memory to the disk; off the main thread. */
export async function syncFileSystem(fd: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    cSyncfs.async(fd, (error: unknown, result: unknown) => {
      if (error === null && result === 0) resolve();
      else reject(error instanceof Error ? error : Object.assign(new Error('syncfs failed'), { code: 'EIO' }));
    });
  });
}

/** Sets the modification time in nanoseconds (access time the same) on the path itself (a link is not followed). */
export function setMtimeNs(path: Buffer, mtimeNs: bigint): void {
  const sec = mtimeNs / 1_000_000_000n;
  const nsec = mtimeNs % 1_000_000_000n;
  const floored = nsec < 0n ? { s: sec - 1n, n: nsec + 1_000_000_000n } : { s: sec, n: nsec };
  const time = { tv_sec: floored.s, tv_nsec: floored.n };
  if (cUtimensat(AT_FDCWD, cPath(path), [time, time], AT_SYMLINK_NOFOLLOW) !== 0)
    throw new PosixError('utimensat', path);
}

/** Changes owner and group of the path itself (a link is not followed). Byte-exact path, unlike fs.lchown's string. */
export function lchown(path: Buffer, uid: number, gid: number): void {
  if (cLchown(cPath(path), uid, gid) !== 0) throw new PosixError('lchown', path);
}

/** A run of data in a sparse file. */
export interface DataExtent {
  offset: number;
  length: number;
}

/** The data extents of an open file, or null when it has no hole (or the file system can't tell). */
export function dataExtents(fd: number, size: number): DataExtent[] | null {
  if (size === 0) return null;
  const extents: DataExtent[] = [];
  let position = 0;
  while (position < size) {
    const start = Number(cLseek(fd, position, SEEK_DATA));
    if (start < 0) {
      const error = new PosixError('lseek');
      if (error.code === 'ENXIO') break;
      return null;
    }
    if (start >= size) break;
    const end = Number(cLseek(fd, start, SEEK_HOLE));
    if (end < 0) return null;
    extents.push({ offset: start, length: Math.min(end, size) - start });
    position = end;
  }
  const only = extents[0];
  return extents.length === 1 && only !== undefined && only.offset === 0 && only.length >= size ? null : extents;
}

/** Makes a FIFO. */
export function makeFifo(path: Buffer, mode: number): void {
  if (cMkfifo(cPath(path), mode) !== 0) throw new PosixError('mkfifo', path);
}

/** Swaps two existing names in one atomic step; EINVAL or ENOSYS where the file system can't. */
export function exchange(a: Buffer, b: Buffer): void {
  if (cRenameat2(AT_FDCWD, cPath(a), AT_FDCWD, cPath(b), RENAME_EXCHANGE) !== 0) throw new PosixError('renameat2', a);
}

/** Renames, failing with EEXIST when the new name is taken. */
export function renameNoReplace(from: Buffer, to: Buffer): void {
  if (cRenameat2(AT_FDCWD, cPath(from), AT_FDCWD, cPath(to), RENAME_NOREPLACE) !== 0)
    throw new PosixError('renameat2', from);
}

/** Takes an exclusive advisory lock on an open file without waiting; false when another process has it. Freed by the kernel when the process ends. */
export function tryLock(fd: number): boolean {
  if (cFlock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const error = new PosixError('flock');
  if (error.code === 'EWOULDBLOCK' || error.code === 'EAGAIN') return false;
  throw error;
}

function ownerName(record: unknown): string | null {
  if (record === null) return null;
  const decoded: unknown = koffi.decode(record, ownerRecord);
  const named = typeof decoded === 'object' && decoded !== null && 'name' in decoded ? decoded.name : null;
  return typeof named === 'string' ? named : null;
}

/** The name of a user id, from wherever the host keeps its users; null when it has none. */
export function userName(uid: number): string | null {
  return ownerName(cGetpwuid(uid));
}

/** The name of a group id; null when it has none. */
export function groupName(gid: number): string | null {
  return ownerName(cGetgrgid(gid));
}
