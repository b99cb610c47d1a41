import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { passwordWeak } from './users.errors.js';

const derive = promisify(argon2);

/** OWASP's first choice: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;
const SHORTEST = 10;
/** Longer ones cost time and make nothing safer. */
export const LONGEST_PASSWORD = 200;
const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes passwords with argon2id, and compares them. So many at a time: each takes memory and a processor. */
@Injectable()
export class Passwords {
  private readonly waiting: (() => void)[] = [];
  private free = 2;

  /** A PHC string. Error: PASSWORD_WEAK. */
  async hash(password: string, of: { name: string; email?: string | null }): Promise<string> {
    checkStrength(password, of);
    const nonce = randomBytes(16);
    const tag = await this.tagOf(password, { ...COST, nonce, tagLength: TAG_BYTES });
    const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;
    return `$argon2id$v=19$${cost}$${plainBase64(nonce)}$${plainBase64(tag)}`;
  }

  /** Whether it is the password. Takes as long where there is none: nobody can tell by the time which names exist. */
  async matches(password: string, hash: string | null): Promise<boolean> {
    const parts = FORM.exec(hash ?? '');
    const [, memory, passes, parallelism, salt = '', tag = ''] = parts ?? [];
    const expected = parts === null ? Buffer.alloc(TAG_BYTES) : Buffer.from(tag, 'base64');
    const found = await this.tagOf(password, {
      memory: Number(memory ?? COST.memory),
      passes: Number(passes ?? COST.passes),
      parallelism: Number(parallelism ?? COST.parallelism),
      nonce: parts === null ? Buffer.alloc(16) : Buffer.from(salt, 'base64'),
      tagLength: expected.length,
    });
    return timingSafeEqual(found, expected) && parts !== null;
  }

  private async tagOf(password: string, cost: Omit<Parameters<typeof argon2>[1], 'message'>): Promise<Buffer> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await derive('argon2id', { message: password.normalize('NFC'), ...cost });
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

function checkStrength(password: string, { name, email }: { name: string; email?: string | null }): void {
  if (password.length < SHORTEST) throw passwordWeak(`It must have at least ${SHORTEST} characters.`);
  if (password.length > LONGEST_PASSWORD) throw passwordWeak(`It must have at most ${LONGEST_PASSWORD} characters.`);
  if (new Set(password).size < 5) throw passwordWeak('It is made of too few different characters.');
  const plain = password.toLowerCase();
  const own = [name, email ?? '', 'backupd'].filter((each) => each.length > 3).map((each) => each.toLowerCase());
  if (own.some((each) => plain.replaceAll(each, '').length < 5))
    throw passwordWeak('It is little more than a name that everyone knows.');
}

const plainBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
