import { createHash } from 'node:crypto';

/** Bytes of a host's secret key (AES-256). */
export const SECRET_KEY_BYTES = 32;

/** What a key is called: eight hex digits that say nothing about it. Sealed values name the key they need by it. */
export function secretKeyId(key: Uint8Array): string {
  return createHash('sha256').update('backupd key id').update(key).digest('hex').slice(0, 8);
}

/** The key that a text spells: 64 hex digits, or 32 bytes in base64 (either alphabet); null for anything else. */
export function parseSecretKey(text: string): Buffer | null {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return null;
  const key = Buffer.from(trimmed, 'base64');
  return key.length === SECRET_KEY_BYTES ? key : null;
}
