import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { SecretBox } from '../secrets/index.js';
import type { User } from './user.entity.js';

const PERIOD_SECONDS = 30;
/** Steps before and after the present one that count too: clocks of phones are not exact. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Letters and digits that are not mistaken for each other. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const CODE_LENGTH = 16;

/** Second factors: codes of an authenticator app (TOTP, RFC 6238), and recovery codes. */
@Injectable()
export class SecondFactor {
  constructor(private readonly box: SecretBox) {}

  /** A new secret: sealed to keep, and as the app takes it. */
  create(name: string): { sealed: string; secret: string; uri: string } {
    const secret = new Secret({ size: 20 });
    const totp = totpOf(secret.base32, name);
    return { sealed: this.box.seal(secret.base32), secret: secret.base32, uri: totp.toString() };
  }

  /** The step of time that the code belongs to; null = it is none of now, or not later than `after`. */
  stepOf(code: string, sealed: string, after: number | null, now: Date): number | null {
    const token = code.replaceAll(/\s/g, '');
    if (!/^\d{6}$/.test(token)) return null;
    const delta = totpOf(this.box.reveal(sealed), '').validate({ token, timestamp: now.getTime(), window: WINDOW });
    if (delta === null) return null;
    const step = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta;
    return after !== null && step <= after ? null : step;
  }

  /**
   * Changes the user as one does who has used the code: a code of the app counts no second time, a recovery code is gone.
   * False when it is neither.
   */
  use(user: User, code: string, now: Date): boolean {
    const sealed = user.sealedTotp ?? null;
    if (sealed === null) return false;
    const step = this.stepOf(code, sealed, user.totpStep ?? null, now);
    if (step !== null) {
      user.totpStep = step;
      return true;
    }
    const hash = hashOf(code);
    if (!user.recoveryHashes.includes(hash)) return false;
    user.recoveryHashes = user.recoveryHashes.filter((each) => each !== hash);
    return true;
  }
}

/** New recovery codes, and what is kept of them. 78 random bits each: a plain hash can't be undone. */
export function recoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, recoveryCode);
  return { codes, hashes: codes.map(hashOf) };
}

function recoveryCode(): string {
  let text = '';
  while (text.length < CODE_LENGTH) {
    const [byte = 255] = randomBytes(1);
    // Each letter as likely as the others.
    if (byte < ALPHABET.length * 8) text += ALPHABET.charAt(byte % ALPHABET.length);
  }
  return text.replace(/(.{4})(?=.)/g, '$1-');
}

const hashOf = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))
    .digest('hex');

function totpOf(base32: string, label: string): TOTP {
  return new TOTP({ issuer: 'backupd', label, secret: Secret.fromBase32(base32), period: PERIOD_SECONDS, digits: 6 });
}
