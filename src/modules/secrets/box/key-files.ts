import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import { SECRET_KEY_BYTES, secretKeyId } from '../../../common/secret-key.js';
import { syncFolder } from '../../../engine/snapshot/work/index.js';
import { secretKeyInvalid } from './secrets.errors.js';

/** The keys of a data dir: the current one in `secret.key`, earlier ones in `secret.keys/<key id>`; all 32 bytes, mode 0600. */
export class KeyFiles {
  constructor(
    readonly current: string,
    private readonly earlier: string = `${current}s`,
  ) {}

  /** The current key; null when there is none. Error: SECRET_KEY_INVALID. */
  async read(): Promise<Buffer | null> {
    const key = await readIfThere(this.current);
    if (key !== null && key.length !== SECRET_KEY_BYTES) throw secretKeyInvalid(this.current, key.length);
    return key;
  }

  /** The current key; one is made when there is none: atomic, and never over a key that someone else made meanwhile. */
  async readOrMake(): Promise<Buffer> {
    const found = await this.read();
    if (found !== null) return found;
    const draft = await writeDraft(this.current, randomBytes(SECRET_KEY_BYTES));
    try {
      await link(draft, this.current);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    await syncFolder(dirname(this.current));
    return this.readOrMake();
  }

  /** The earlier keys that are whole; a damaged one opens nothing. */
  async readEarlier(): Promise<Buffer[]> {
    const names = await readdir(this.earlier).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    });
    const keys: Buffer[] = [];
    for (const name of names) {
      const key = await readIfThere(join(this.earlier, name));
      if (key !== null && key.length === SECRET_KEY_BYTES && secretKeyId(key) === name) keys.push(key);
    }
    return keys;
  }

  /** Keeps a key for opening. Durable when it resolves; idempotent. */
  async keep(key: Buffer): Promise<void> {
    await mkdir(this.earlier, { recursive: true, mode: 0o700 });
    await replace(join(this.earlier, secretKeyId(key)), key);
    await syncFolder(dirname(this.earlier));
  }

  /** Makes it the current key; the one before is kept for opening first. Durable when it resolves. */
  async makeCurrent(key: Buffer): Promise<void> {
    const before = await this.read();
    if (before?.equals(key) === true) return;
    if (before !== null) await this.keep(before);
    await replace(this.current, key);
  }
}

async function replace(file: string, content: Buffer): Promise<void> {
  await rename(await writeDraft(file, content), file);
  await syncFolder(dirname(file));
}

/** A name of its own for each call: two at once would take each other's draft away. */
async function writeDraft(file: string, content: Buffer): Promise<string> {
  const draft = `${file}.${randomUUID()}.partial`;
  await writeFile(draft, content, { mode: 0o600, flush: true });
  return draft;
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
