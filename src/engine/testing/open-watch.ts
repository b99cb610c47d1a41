import { closeSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { errnoOf } from '../../common/errors/index.js';

const libc = koffi.load('libc.so.6');
const inotifyInit = libc.func('int inotify_init1(int flags)');
const inotifyAdd = libc.func('int inotify_add_watch(int fd, const char *path, uint32_t mask)');

const IN_NONBLOCK = 0o4000;
const IN_OPEN = 0x20;
const IN_ISDIR = 0x4000_0000;
const EVENT_BYTES = 16;

/** Sees which files of a tree are opened, by whomever: the kernel tells (inotify). Close it. */
export class OpenWatch {
  private readonly fd: number;
  private readonly folders = new Map<number, string>();

  /** Watches the folder and all folders below it that are there now. */
  constructor(root: string) {
    this.fd = Number(inotifyInit(IN_NONBLOCK));
    if (this.fd < 0) throw new Error('inotify is not to be had');
    const below = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const path of [root, ...below.map((entry) => join(entry.parentPath, entry.name))]) {
      const watch = Number(inotifyAdd(this.fd, path, IN_OPEN));
      if (watch < 0) throw new Error(`${path} can't be watched`);
      this.folders.set(watch, path);
    }
  }

  /** The files opened since the last call, in order, each once. */
  opened(): string[] {
    const found = new Set<string>();
    const buffer = Buffer.alloc(64 * 1024);
    for (let length = this.read(buffer); length > 0; length = this.read(buffer)) {
      for (let at = 0; at < length;) {
        const nameBytes = buffer.readUInt32LE(at + 12);
        const name = buffer.toString('utf8', at + EVENT_BYTES, at + EVENT_BYTES + nameBytes).replace(/\0+$/, '');
        const folder = this.folders.get(buffer.readInt32LE(at)) ?? '';
        if ((buffer.readUInt32LE(at + 4) & IN_ISDIR) === 0 && name !== '') found.add(join(folder, name));
        at += EVENT_BYTES + nameBytes;
      }
    }
    return [...found];
  }

  close(): void {
    closeSync(this.fd);
  }

  private read(buffer: Buffer): number {
    try {
      return readSync(this.fd, buffer);
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') return 0;
      throw error;
    }
  }
}
