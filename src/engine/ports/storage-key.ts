import { AppError } from '../../common/errors/index.js';

const SEGMENT = /^(?!\.)[A-Za-z0-9._=+@,-]{1,200}$/;
const MAX_KEY_LENGTH = 900;

/** Whether a key is safe on every driver: ASCII `a/b/c`, no empty segment, none that starts with a dot. */
export function isStorageKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && key.split('/').every((segment) => SEGMENT.test(segment));
}

/** Throws STORAGE_KEY_INVALID for a key that is not safe on every driver. Drivers call it first in each operation. */
export function assertStorageKey(key: string): void {
  if (isStorageKey(key)) return;
  throw new AppError({
    code: 'STORAGE_KEY_INVALID',
    kind: 'storage',
    message: `"${key.slice(0, 100)}" is not a valid storage key.`,
    hint: 'Keys are made of A-Z a-z 0-9 . _ = + @ , - in segments joined by /; no segment starts with a dot.',
    retry: 'never',
  });
}
