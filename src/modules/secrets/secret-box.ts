import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { AppError, errnoOf } from '../../common/errors/index.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals small secrets for keeping in the database: AES-256-GCM under the key file in the data dir.
 * A sealed text is `v1.<key id>.<nonce, ciphertext, tag in base64url>`.
 */
@Injectable()
export class SecretBox {
  private readonly keyId: string;

  constructor(private readonly key: Buffer) {
    if (key.length !== KEY_BYTES) throw new Error(`the key must have ${KEY_BYTES} bytes`);
    this.keyId = createHash('sha256').update('backupd key id').update(key).digest('hex').slice(0, 8);
  }

  /** The box of this key file; the key is made when there is no file. Error: SECRET_KEY_INVALID. */
  static async open(keyFile: string): Promise<SecretBox> {
    const key = (await readKey(keyFile)) ?? (await makeKey(keyFile));
    if (key.length !== KEY_BYTES)
      throw new AppError({
        code: 'SECRET_KEY_INVALID',
        kind: 'precondition',
        message: `The key file ${keyFile} has ${key.length} bytes instead of ${KEY_BYTES}.`,
        hint: 'Put the original key back. Without it, stored credentials must be entered again (move the file away to get a new key).',
        retry: 'never',
      });
    return new SecretBox(key);
  }

  seal(secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(Buffer.from(this.keyId));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.keyId}.${sealed.toString('base64url')}`;
  }

  /** Error: SECRET_UNREADABLE when it was sealed with another key or changed since. */
  reveal(sealed: string): string {
    const [version, keyId, body] = sealed.split('.');
    if (version !== 'v1' || keyId === undefined || body === undefined) throw unreadable('its form is unknown');
    if (keyId !== this.keyId) throw unreadable(`it was sealed with another key (${keyId}; this one is ${this.keyId})`);
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unreadable('it is cut short');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(keyId));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (error) {
      throw unreadable('it was changed', error);
    }
  }
}

async function readKey(keyFile: string): Promise<Buffer | null> {
  try {
    return await readFile(keyFile);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Atomic, and never over a key that someone else made meanwhile. */
async function makeKey(keyFile: string): Promise<Buffer> {
  // A name of its own for each call: two of one process would take each other's draft away.
  const draft = `${keyFile}.${randomUUID()}.partial`;
  await writeFile(draft, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
  try {
    await link(draft, keyFile);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(keyFile);
}

function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError({
    code: 'SECRET_UNREADABLE',
    kind: 'precondition',
    message: `A stored secret can't be opened: ${reason}.`,
    hint: 'Put the original secret.key back into the data dir, or enter the credentials again.',
    retry: 'never',
    ...(cause === undefined ? {} : { cause }),
  });
}
