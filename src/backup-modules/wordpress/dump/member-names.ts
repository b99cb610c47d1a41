import { createHash } from 'node:crypto';

const LONGEST = 100;

/** A table's name as a safe part of a member name: all but `[A-Za-z0-9_-]` percent-encoded, long ones cut and hashed. */
export function safeName(name: string): string {
  const bytes = Buffer.from(name);
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCodePoint(byte);
    text += /[A-Za-z0-9_-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST).replace(/%.?$/, '');
  return `${cut}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
}

/**
 * Names of a dump's members, in the order in which they must be loaded; `cat database/*.sql` in the C locale gives
 * that order. The width of the number is chosen for the count of objects, so that order holds beyond 9,998 tables.
 */
export class MemberNames {
  private readonly width: number;
  private last = 0;

  /** `objects`: an upper bound of how many `next` calls there will be. */
  constructor(objects: number) {
    this.width = Math.max(4, String(objects + 1).length);
  }

  preamble(): string {
    return `database/${'0'.repeat(this.width)}-preamble.sql`;
  }

  epilogue(): string {
    return `database/${'9'.repeat(this.width)}-epilogue.sql`;
  }

  /** The stem of the next object; `piece` makes its members' names. */
  next(name: string): string {
    this.last += 1;
    const number = String(this.last).padStart(this.width, '0');
    if (number.length > this.width || /^9+$/.test(number)) throw new RangeError('More objects than were counted.');
    return `database/${number}-${safeName(name)}`;
  }

  /** Pieces keep their order up to 100 million of them, a table of some 2 TB. */
  piece(stem: string, index: number): string {
    return `${stem}.${String(index).padStart(8, '0')}.sql`;
  }
}
