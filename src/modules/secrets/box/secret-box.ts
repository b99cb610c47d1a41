import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SECRET_KEY_BYTES, secretKeyId } from '../../../common/secret-key.js';
import { KeyFiles } from './key-files.js';
import { secretUnreadable } from './secrets.errors.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys from the configuration: they take the place of the key file. */
export interface GivenKeys {
  current: Buffer | null;
  earlier: readonly Buffer[];
}

/**
 * Seals small secrets for keeping in the database: AES-256-GCM under the current key; earlier keys only open. A sealed text is
 * `v1.<key id>.<nonce, ciphertext, tag in base64url>`.
 */
@Injectable()
export class SecretBox {
  private readonly keys = new Map<string, Buffer>();
  private current = '';

  /** `files`: where keys are kept; null for a key that lives elsewhere. `given`: whether the configuration names the current key. */
  constructor(
    key: Buffer,
    earlier: readonly Buffer[] = [],
    private readonly files: KeyFiles | null = null,
    readonly given = false,
  ) {
    for (const each of earlier) this.add(each);
    this.current = this.add(key);
  }

  /** The box of a data dir, whose key is made when there is none, or of the given key. Error: SECRET_KEY_INVALID. */
  static async open(keyFile: string, given: GivenKeys = { current: null, earlier: [] }): Promise<SecretBox> {
    const files = new KeyFiles(keyFile);
    const earlier = [...given.earlier, ...(await files.readEarlier())];
    if (given.current === null) return new SecretBox(await files.readOrMake(), earlier, files);
    // What was sealed before the configuration named a key.
    const own = await files.read();
    return new SecretBox(given.current, own === null ? earlier : [...earlier, own], files, true);
  }

  /** Names the key that seals now. */
  get keyId(): string {
    return this.current;
  }

  /** Names of all keys that can open. */
  get keyIds(): string[] {
    return [...this.keys.keys()];
  }

  seal(secret: string): string {
    const keyId = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(keyId), nonce);
    cipher.setAAD(Buffer.from(keyId));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${keyId}.${sealed.toString('base64url')}`;
  }

  /** Error: SECRET_UNREADABLE when it was sealed with a key that is not here, or changed since. */
  reveal(sealed: string): string {
    const [version, keyId, body] = sealed.split('.');
    if (version !== 'v1' || keyId === undefined || body === undefined) throw secretUnreadable('its form is unknown');
    const key = this.key(keyId);
    const bytes = Buffer.from(body, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw secretUnreadable('it is cut short');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(keyId));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (error) {
      throw secretUnreadable('it was changed', undefined, error);
    }
  }

  /** The sealed text under the current key; null when it is that already. Error: SECRET_UNREADABLE. */
  reseal(sealed: string): string | null {
    if (sealed.startsWith(`v1.${this.current}.`)) return null;
    return this.seal(this.reveal(sealed));
  }

  /** The key with this name, for what is too large for a text. Never show or store it. Error: SECRET_UNREADABLE. */
  key(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (key !== undefined) return key;
    throw secretUnreadable(
      `it was sealed with another key (${keyId.slice(0, 20)}; this one is ${this.current})`,
      keyId.slice(0, 20),
    );
  }

  /**
   * Seals with this key from now on; the one before keeps opening. Durable when it resolves. Where the configuration names the
   * current key, that stays, and this one opens only.
   */
  async use(key: Buffer): Promise<void> {
    await this.files?.keep(key);
    const id = this.add(key);
    if (this.given) return;
    await this.files?.makeCurrent(key);
    this.current = id;
  }

  private add(key: Buffer): string {
    if (key.length !== SECRET_KEY_BYTES) throw new Error(`the key must have ${SECRET_KEY_BYTES} bytes`);
    const id = secretKeyId(key);
    this.keys.set(id, key);
    return id;
  }
}
