import { constants } from 'node:fs';
import { PosixError } from './posix.js';
import { libc } from './libc.js';

/**
 * The calls that listing a large tree is made of, relative to an open folder, without an object or a string for each name:
 * names and facts are left in buffers. By system call number, since not every C library has functions for them. Linux only.
 */
const one = libc.func('int64_t syscall(int64_t call, int64_t fd)');
const three = libc.func('int64_t syscall(int64_t call, int64_t fd, _Out_ void *buffer, int64_t size)');
const four = libc.func('int64_t syscall(int64_t call, int64_t fd, const void *name, int64_t a, int64_t b)');
const link = libc.func('int64_t syscall(int64_t call, int64_t fd, const void *name, void *buffer, int64_t size)');
const five = libc.func('int64_t syscall(int64_t call, int64_t fd, const void *name, int64_t a, int64_t b, void *out)');

const NUMBERS =
  process.arch === 'arm64'
    ? { close: 57, getdents64: 61, openat: 56, readlinkat: 78, statx: 291 }
    : { close: 3, getdents64: 217, openat: 257, readlinkat: 267, statx: 332 };

/** In place of a folder's descriptor: the name is a path from the current folder, or absolute. */
export const CURRENT_FOLDER = -100;

const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC = 0x7ff;
const O_CLOEXEC = 0o2000000;
const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | O_CLOEXEC;

/**
 * Opens a folder in an open folder; a link is refused (ELOOP or ENOTDIR). The name ends with a NUL. Throws PosixError. Close it
 * with `closeFolder`: Node does not know of it.
 */
export function openFolderAt(fd: number, name: Uint8Array): number {
  const opened = Number(four(NUMBERS.openat, fd, name, OPEN_FOLDER, 0));
  if (opened < 0) throw new PosixError('openat');
  return opened;
}

/** Closes a folder that `openFolderAt` opened. */
export function closeFolder(fd: number): void {
  one(NUMBERS.close, fd);
}

/** Reads the next directory records (`linux_dirent64`) of an open folder; 0 at the end. Throws PosixError. */
export function readFolder(fd: number, buffer: Buffer): number {
  const got = Number(three(NUMBERS.getdents64, fd, buffer, buffer.length));
  if (got < 0) throw new PosixError('getdents64');
  return got;
}

/** Reads the target of a link in an open folder; as many bytes as the buffer has when there are more. Throws PosixError. */
export function readLinkAt(fd: number, name: Uint8Array, buffer: Buffer): number {
  const got = Number(link(NUMBERS.readlinkat, fd, name, buffer, buffer.length));
  if (got < 0) throw new PosixError('readlinkat');
  return got;
}

export const MODE_TYPE = 0o170000;
export const MODE_FILE = 0o100000;
export const MODE_FOLDER = 0o040000;
export const MODE_LINK = 0o120000;
export const MODE_FIFO = 0o010000;
export const MODE_SOCKET = 0o140000;

const TWO_32 = 2 ** 32;

/** Facts of a name, in place: each `read…` overwrites the last. 64-bit numbers are in two halves, low and high. */
export class StatBuffer {
  private readonly bytes = Buffer.alloc(256);
  private readonly words = new Uint32Array(this.bytes.buffer, this.bytes.byteOffset, 64);
  private readonly signed = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, 64);
  private readonly longs = new BigUint64Array(this.bytes.buffer, this.bytes.byteOffset, 32);

  /** The facts of a name in an open folder, the name ending with a NUL; a link is not followed. Throws PosixError. */
  read(fd: number, name: Uint8Array): void {
    this.call(fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
  }

  /** The facts of an open file or folder. Throws PosixError. */
  readOpen(fd: number): void {
    this.call(fd, EMPTY_NAME, AT_EMPTY_PATH);
  }

  private call(fd: number, name: Uint8Array, flags: number): void {
    if (Number(five(NUMBERS.statx, fd, name, flags, STATX_BASIC, this.bytes)) !== 0) throw new PosixError('statx');
  }

  get mode(): number {
    return (this.words[7] ?? 0) & 0xffff;
  }

  get links(): number {
    return this.words[4] ?? 0;
  }

  get uid(): number {
    return this.words[5] ?? 0;
  }

  get gid(): number {
    return this.words[6] ?? 0;
  }

  get inodeLow(): number {
    return this.words[8] ?? 0;
  }

  get inodeHigh(): number {
    return this.words[9] ?? 0;
  }

  get inode(): bigint {
    return this.longs[4] ?? 0n;
  }

  get size(): number {
    return (this.words[10] ?? 0) + (this.words[11] ?? 0) * TWO_32;
  }

  /** Bytes that it takes on the disk. */
  get allocated(): number {
    return ((this.words[12] ?? 0) + (this.words[13] ?? 0) * TWO_32) * 512;
  }

  /** Seconds since the epoch, also negative. */
  get changedSeconds(): number {
    return (this.words[24] ?? 0) + (this.signed[25] ?? 0) * TWO_32;
  }

  get changedNanoseconds(): number {
    return this.words[26] ?? 0;
  }

  get modifiedSeconds(): number {
    return (this.words[28] ?? 0) + (this.signed[29] ?? 0) * TWO_32;
  }

  get modifiedNanoseconds(): number {
    return this.words[30] ?? 0;
  }

  get deviceMajor(): number {
    return this.words[34] ?? 0;
  }

  get deviceMinor(): number {
    return this.words[35] ?? 0;
  }
}

const EMPTY_NAME = Buffer.alloc(1);

/** The number that `stat` gives for a device (as in glibc and Node). */
export function deviceNumber(major: number, minor: number): bigint {
  const [a, i] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffff000n) << 32n) | ((a & 0xfffn) << 8n) | ((i & 0xffffff00n) << 12n) | (i & 0xffn);
}
