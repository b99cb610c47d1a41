import { AppError } from '../../common/errors/index.js';
import type { SecretBox } from '../secrets/index.js';

/** A sealed text within a row's JSON; its second part is the id of the key. */
const SEALED = /"(v1\.([0-9a-f]{8})\.[\w-]+)"/g;

/** Finds keys that sealed something and are not at hand. One value of each key is tried. */
export class SealedValues {
  private readonly tried = new Set<string>();
  readonly missingKeys = new Set<string>();

  constructor(private readonly box: SecretBox) {}

  look(data: string): void {
    for (const [, sealed, keyId] of data.matchAll(SEALED)) {
      if (sealed === undefined || keyId === undefined || this.tried.has(keyId)) continue;
      this.tried.add(keyId);
      if (!this.opens(sealed)) this.missingKeys.add(keyId);
    }
  }

  private opens(sealed: string): boolean {
    try {
      this.box.reveal(sealed);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'SECRET_UNREADABLE') return false;
      throw error;
    }
  }
}
