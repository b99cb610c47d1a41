import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const KEY_PREFIX = 'bkn_';
const TOKEN_PREFIX = 'bkj_';
/** No two of these look or sound alike when they are read from a screen or over the phone. */
const CODE_LETTERS = 'ACDEFGHJKMNPQRTVWXY34679';
const CODE_LENGTH = 8;
const CODE = new RegExp(`^[${CODE_LETTERS}]{${CODE_LENGTH}}$`);
const HINT_LENGTH = 8;

/** A new secret: its text, which is shown once, and what is kept of it. */
export interface NewSecret {
  text: string;
  hash: string;
  hint: string;
}

/** The key of a node. */
export const newNodeKey = (): NewSecret => newSecret(KEY_PREFIX);
/** A one-time token to join with. */
export const newJoinToken = (): NewSecret => newSecret(TOKEN_PREFIX);

/** Whether the text can be the key of a node at all. */
export const looksLikeKey = (text: string): boolean => text.startsWith(KEY_PREFIX) && text.length < 100;

/** Its first characters, so that a person can tell several apart. */
export const hintOf = (text: string): string => text.slice(0, HINT_LENGTH);

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In constant time. */
export function isSecretOf(text: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(text), 'hex'), Buffer.from(hash, 'hex'));
}

/** What an admin compares: `XXXX-XXXX`. */
export function newCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('');
  return asCode(letters);
}

/** The code as it is kept, however it was typed; null when it is none. */
export function codeOf(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[\s-]/g, '');
  return CODE.test(letters) ? asCode(letters) : null;
}

const asCode = (letters: string): string => `${letters.slice(0, 4)}-${letters.slice(4)}`;

function newSecret(prefix: string): NewSecret {
  const text = prefix + randomBytes(32).toString('base64url');
  return { text, hash: hashOf(text), hint: hintOf(text) };
}
