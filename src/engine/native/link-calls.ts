import { PosixError, type Xattr } from './posix.js';
import { libc } from './libc.js';

/** Calls on an open file that a name can't do safely: whoever swaps the name meanwhile gets nothing. Linux (glibc or musl) only. */
const cLinkat = libc.func('int linkat(int fromFolder, const void *from, int toFolder, const void *to, int flags)');
const cFlistxattr = libc.func('int64_t flistxattr(int fd, void *list, size_t size)');
const cFgetxattr = libc.func('int64_t fgetxattr(int fd, const char *name, void *value, size_t size)');
const cFcntl = libc.func('int fcntl(int fd, int command, ...)');

const F_SETSIG = 10;
const F_SETLEASE = 1024;
const F_RDLCK = 0;
const F_UNLCK = 2;
/** Ignored unless somebody asks for it. */
const SIGURG = 23;
const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;
const LIST_BYTES = 65_536;
const NUL = Buffer.alloc(1);
const NO_XATTRS = new Set(['ENOTSUP', 'EOPNOTSUPP']);

const list = Buffer.allocUnsafeSlow(LIST_BYTES);

/** Gives an open file one more name: that very file, whatever its old name leads to by now. Throws PosixError. */
export function linkOpenFile(fd: number, to: Buffer): void {
  const from = Buffer.from(`/proc/self/fd/${fd}\0`);
  if (cLinkat(AT_FDCWD, from, AT_FDCWD, Buffer.concat([to, NUL]), AT_SYMLINK_FOLLOW) !== 0)
    throw new PosixError('linkat', to);
}

/**
 * Whether somebody has the file open for writing, or mapped so: the kernel grants a read lease only where nobody has. The file
 * is ours or we are root, else, and where the file system has no leases, it is not known and the answer is no. The descriptor
 * must be open for reading only.
 */
export function isOpenForWriting(fd: number): boolean {
  // Whoever opens it in the instant of the lease has us told by a signal; the usual one for that would end this process.
  if (cFcntl(fd, F_SETSIG, 'int', SIGURG) !== 0) return false;
  if (cFcntl(fd, F_SETLEASE, 'int', F_RDLCK) !== 0) return new PosixError('fcntl').code === 'EAGAIN';
  cFcntl(fd, F_SETLEASE, 'int', F_UNLCK);
  return false;
}

/** The extended attributes of an open file, in name order; none where the file system has none. Throws PosixError. */
export function openFileXattrs(fd: number): Xattr[] {
  const size = Number(cFlistxattr(fd, list, LIST_BYTES));
  if (size < 0) {
    const error = new PosixError('flistxattr');
    if (NO_XATTRS.has(error.code)) return [];
    throw error;
  }
  if (size === 0) return [];
  const names = list.subarray(0, size).toString('latin1').split('\0').filter(Boolean).toSorted();
  return names.map((name) => ({ name, value: valueOf(fd, name) }));
}

function valueOf(fd: number, name: string): Buffer {
  const size = Number(cFgetxattr(fd, name, null, 0));
  if (size < 0) throw new PosixError('fgetxattr');
  const value = Buffer.alloc(size);
  if (size > 0 && Number(cFgetxattr(fd, name, value, size)) !== size) throw new PosixError('fgetxattr');
  return value;
}
