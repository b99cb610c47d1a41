/**
 * PHP values as the evaluator holds them. Strings are binary: one JS character (0..255) per byte, so that a password in
 * any encoding survives. Integers are bigint, floats are number.
 */
export type PhpScalar = null | boolean | bigint | number | string;
export type PhpValue = PhpScalar | PhpArray | PhpObject;
export type Value = PhpValue | Unknown;
export type ArrayKey = string | bigint;

/** A value that the configuration alone does not tell, with where and why. */
export class Unknown {
  constructor(
    readonly reason: string,
    readonly file: string,
    readonly line: number,
  ) {}
}

/** An immutable PHP array. Elements may be unknown; keys never are (the whole array is unknown then). */
export class PhpArray {
  static readonly empty = new PhpArray(new Map(), 0n);

  constructor(
    readonly map: ReadonlyMap<ArrayKey, Value>,
    /** Next index of `[]=`; null where PHP versions differ (negative keys). */
    readonly next: bigint | null,
  ) {}

  static list(values: readonly Value[]): PhpArray {
    return new PhpArray(new Map(values.map((v, i) => [BigInt(i), v])), BigInt(values.length));
  }

  get size(): number {
    return this.map.size;
  }

  with(key: ArrayKey, value: Value): PhpArray {
    const map = new Map(this.map);
    map.set(key, value);
    return new PhpArray(map, nextIndex(this.next, key));
  }

  without(key: ArrayKey): PhpArray {
    const map = new Map(this.map);
    map.delete(key);
    return new PhpArray(map, this.next);
  }
}

/** The index `[]=` takes after this key was set. */
export function nextIndex(current: bigint | null, key: ArrayKey): bigint | null {
  if (typeof key === 'string' || current === null) return current;
  if (key >= current) return key + 1n;
  return key < 0n && current === 0n ? null : current;
}

/** An object whose properties are known (`(object) $array`) or one that stands for a library's (`library` set). */
export class PhpObject {
  constructor(
    readonly props: PhpArray | null,
    readonly library: LibraryObject | null = null,
  ) {}
}

/** Objects of libraries that configs use to read `.env` files. */
export type LibraryObject =
  | { kind: 'dotenv'; paths: readonly string[]; shortCircuit: boolean; override: boolean }
  | { kind: 'dotenv-repository' }
  | { kind: 'dotenv-validator' };

export const isUnknown = (value: unknown): value is Unknown => value instanceof Unknown;

/** Nested arrays can share their parts and so be very large: comparing them gives up at some point. */
const MAX_COMPARISONS = 50_000;
interface Budget {
  left: number;
}

/** `===` on known values; null when an unknown element decides, or the values are too large to tell. */
export function identical(a: Value, b: Value, budget: Budget = { left: MAX_COMPARISONS }): boolean | null {
  if (--budget.left < 0) return null;
  if (a === b) return a instanceof Unknown ? null : true;
  if (a instanceof Unknown || b instanceof Unknown) return null;
  if (a instanceof PhpArray && b instanceof PhpArray) return identicalArrays(a, b, budget);
  if (a instanceof PhpObject && b instanceof PhpObject) return null;
  return false;
}

function identicalArrays(a: PhpArray, b: PhpArray, budget: Budget): boolean | null {
  if (a.size !== b.size) return false;
  const others = [...b.map];
  let index = 0;
  let result: boolean | null = true;
  for (const [key, value] of a.map) {
    const other = others[index++];
    if (other === undefined || other[0] !== key) return false;
    const same = identical(value, other[1], budget);
    if (same === false) return false;
    if (same === null) result = null;
    if (budget.left < 0) return null;
  }
  return result;
}

/** Whether two values are surely the same thing, unknowns included (the same unknown). Used to merge branches. */
export function sameValue(a: Value, b: Value, budget: Budget = { left: MAX_COMPARISONS }): boolean {
  if (a === b) return true;
  if (--budget.left < 0) return false;
  if (a instanceof PhpArray && b instanceof PhpArray) {
    if (a.size !== b.size || a.next !== b.next) return false;
    const others = [...b.map];
    let index = 0;
    for (const [key, value] of a.map) {
      const other = others[index++];
      if (other === undefined || other[0] !== key || !sameValue(value, other[1], budget)) return false;
    }
    return true;
  }
  return typeof a === 'number' && typeof b === 'number' && Object.is(a, b);
}

export function toBool(value: PhpValue): boolean {
  if (value === null || typeof value === 'boolean') return value === true;
  if (typeof value === 'string') return value !== '' && value !== '0';
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return value !== 0;
  if (value instanceof PhpArray) return value.size > 0;
  return true;
}

/** PHP's string conversion; null where it depends on ini settings or fails (fractions, arrays, objects). */
export function toStr(value: PhpValue): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value === false) return '';
  if (value === true) return '1';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e15 ? (Object.is(value, -0) ? '-0' : String(value)) : null;
  return null;
}

const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);
export const fitsInt = (n: bigint): boolean => n >= INT_MIN && n <= INT_MAX;
/** An integer result; beyond 64 bits PHP goes on with a float. */
export const intOrFloat = (n: bigint): bigint | number => (fitsInt(n) ? n : Number(n));

const PLAIN_INT = /^-?(?:0|[1-9]\d{0,17})$/;
const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\v\f]*$/;

/** What a string is worth as a number: an int written plainly, something numeric we leave alone, or not numeric. */
export function stringNumber(text: string): bigint | 'numeric' | 'text' {
  if (PLAIN_INT.test(text)) return text === '-0' ? 'numeric' : BigInt(text);
  return NUMERIC.test(text) ? 'numeric' : 'text';
}

/** The key PHP uses for a value in an array; null when it can't be one. */
export function arrayKey(value: PhpValue): ArrayKey | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') {
    if (!/^(?:0|-?[1-9]\d{0,18})$/.test(value)) return value;
    const n = BigInt(value);
    return fitsInt(n) ? n : value;
  }
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 53 ? BigInt(value) : null;
}
