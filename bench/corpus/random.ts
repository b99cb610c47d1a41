import { createHash } from 'node:crypto';

/** Repeatable choices and texts: the same seed gives the same corpus. */
export class SeededRandom {
  #state: number;

  constructor(seed: string) {
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE(0) || 1;
  }

  /** A number in [0, 1). */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  }

  /** So many different ones, in their order. */
  sample<T>(from: readonly T[], count: number): T[] {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(count, from.length)) chosen.add(this.below(from.length));
    return from.filter((_, index) => chosen.has(index));
  }

  /** Words of about so many characters that compress about as prose or code does (3 to 4 times). */
  words(length: number): string {
    let text = '';
    // Squared: frequent words are frequent.
    while (text.length < length) text += VOCABULARY[Math.floor(this.next() ** 2 * VOCABULARY.length)];
    return text;
  }
}

const VOCABULARY = vocabulary();

function vocabulary(): string[] {
  const syllables =
    'ba con de el for gi ho in ja ker lo men ne or pre qua ri se tion un ver wi xe ya zu ta sch re po us ing er an'.split(
      ' ',
    );
  const random = new SeededRandom('vocabulary');
  const known =
    'function return array public static string wordpress filter action hook post meta option query template theme plugin the and for with this that from über café naïve 日本 €'.split(
      ' ',
    );
  while (known.length < 6_000)
    known.push(Array.from({ length: 1 + random.below(4) }, () => random.pick(syllables)).join(''));
  const ends = [' ', ' ', ' ', ' ', ' ', ' ', ', ', '. ', ';\n', '\n\t', '(', ') ', ' = ', ' 7', ' 2025 '];
  return known.map((one) => one + random.pick(ends));
}
