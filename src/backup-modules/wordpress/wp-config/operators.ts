import {
  arrayKey,
  fitsInt,
  identical,
  intOrFloat,
  PhpArray,
  stringNumber,
  toBool,
  toStr,
  type PhpValue,
} from './values.js';

/** Longest string the evaluator builds. */
export const MAX_STRING = 1 << 20;

/** A result, or why PHP's answer can't be told (PHP versions differ, ini settings, an error). */
export type Outcome = { ok: true; value: PhpValue } | { ok: false; reason: string };
export const known = (value: PhpValue): Outcome => ({ ok: true, value });
export const untold = (reason: string): Outcome => ({ ok: false, reason });

const MIXED = 'compares values in a way that differs between PHP versions';

function numberOf(value: PhpValue): bigint | number | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (value === null || value === false) return 0n;
  if (value === true) return 1n;
  if (typeof value !== 'string') return null;
  const n = stringNumber(value);
  return typeof n === 'bigint' ? n : null;
}

function compareNumbers(a: bigint | number, b: bigint | number): number | null {
  if (typeof a === typeof b || (Math.abs(Number(a)) < 2 ** 53 && Math.abs(Number(b)) < 2 ** 53))
    return a < b ? -1 : a > b ? 1 : a === b || Number(a) === Number(b) ? 0 : null;
  return null;
}

/** `==`, or null where PHP 7 and 8 differ or we do not tell. */
export function looseEqual(a: PhpValue, b: PhpValue): boolean | null {
  const same = identical(a, b);
  if (same === true && typeof a !== 'number') return true;
  if (typeof a === 'boolean' || typeof b === 'boolean') return toBool(a) === toBool(b);
  if (a === null || b === null) {
    const other = a === null ? b : a;
    return typeof other === 'string' ? other === '' : !toBool(other);
  }
  if (typeof a === 'string' && typeof b === 'string') return equalStrings(a, b);
  if (a instanceof PhpArray || b instanceof PhpArray) {
    if (!(a instanceof PhpArray && b instanceof PhpArray)) return null;
    return a.size === b.size ? null : false;
  }
  if (typeof a === 'string') return typeof b === 'object' || typeof b === 'string' ? null : equalNumberString(b, a);
  if (typeof b === 'string') return typeof a === 'object' ? null : equalNumberString(a, b);
  if (typeof a === 'object' || typeof b === 'object') return null;
  const order = compareNumbers(a, b);
  return order === null ? null : order === 0;
}

function equalStrings(a: string, b: string): boolean | null {
  const x = stringNumber(a);
  const y = stringNumber(b);
  if (x === 'text' || y === 'text') return padded(a, x) || padded(b, y) ? null : a === b;
  return typeof x === 'bigint' && typeof y === 'bigint' ? x === y : null;
}

/** A number followed by blanks is numeric in PHP 8 only. */
const padded = (text: string, kind: ReturnType<typeof stringNumber>): boolean => kind === 'numeric' && /\s$/.test(text);

function equalNumberString(n: bigint | number, text: string): boolean | null {
  const value = stringNumber(text);
  if (typeof value === 'bigint') {
    const order = compareNumbers(n, value);
    return order === null ? null : order === 0;
  }
  if (value === 'numeric') return null;
  const leading = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(text);
  const asPhp7 = Number(n) === (leading === null ? 0 : Number(leading[0].trim()));
  return asPhp7 ? null : false;
}

/** `<=>` as -1, 0, 1, or null. */
export function compareValues(a: PhpValue, b: PhpValue): number | null {
  if (typeof a === 'boolean' || typeof b === 'boolean' || a === null || b === null) {
    if (typeof a === 'string' || typeof b === 'string') {
      if (a === null && typeof b === 'string') return b === '' ? 0 : -1;
      if (b === null && typeof a === 'string') return a === '' ? 0 : 1;
    }
    return Number(toBool(a)) - Number(toBool(b));
  }
  if (typeof a === 'string' && typeof b === 'string') {
    const x = stringNumber(a);
    const y = stringNumber(b);
    if (typeof x === 'bigint' && typeof y === 'bigint') return x < y ? -1 : x > y ? 1 : 0;
    if (x === 'numeric' || y === 'numeric') return null;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof a === 'object' || typeof b === 'object') return null;
  const x = numberOf(a);
  const y = numberOf(b);
  return x === null || y === null ? null : compareNumbers(x, y);
}

function arithmetic(op: string, a: bigint | number, b: bigint | number): Outcome {
  if (op === '%' || op === '/') {
    if (Number(b) === 0) return untold('divides by zero');
    if (typeof a === 'bigint' && typeof b === 'bigint') {
      if (op === '%') return known(a % b);
      return a % b === 0n ? known(intOrFloat(a / b)) : known(Number(a) / Number(b));
    }
    return op === '/' ? known(Number(a) / Number(b)) : untold('takes a remainder of fractions');
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (op === '+') return known(intOrFloat(a + b));
    if (op === '-') return known(intOrFloat(a - b));
    if (op === '*') return known(intOrFloat(a * b));
    if (b < 0n || b > 256n) return untold('raises to a large or negative power');
    const power = a ** b;
    return fitsInt(power) ? known(power) : untold('raises to a power beyond integers');
  }
  if (op === '**') return untold('raises a fraction to a power');
  const x = Number(a);
  const y = Number(b);
  return known(op === '+' ? x + y : op === '-' ? x - y : x * y);
}

function bits(op: string, a: bigint, b: bigint): Outcome {
  if (op === '&') return known(a & b);
  if (op === '|') return known(a | b);
  if (op === '^') return known(a ^ b);
  if (b < 0n) return untold('shifts by a negative number');
  if (op === '<<') return known(b >= 64n ? 0n : BigInt.asIntN(64, a << b));
  return known(a >> (b >= 64n ? 63n : b));
}

const negate = (result: boolean | null): boolean | null => (result === null ? null : !result);

/** A binary operator other than the short-circuit ones, on known operands. */
export function binary(op: string, a: PhpValue, b: PhpValue): Outcome {
  const told = (result: boolean | null): Outcome => (result === null ? untold(MIXED) : known(result));
  const ordered = (test: (order: number) => boolean): Outcome => {
    const order = compareValues(a, b);
    return order === null ? untold(MIXED) : known(test(order));
  };
  switch (op) {
    case '.': {
      const x = toStr(a);
      const y = toStr(b);
      if (x === null || y === null) return untold('joins something that is not plain text');
      return x.length + y.length > MAX_STRING ? untold('builds a very long text') : known(x + y);
    }
    case '===':
      return told(identical(a, b));
    case '!==':
      return told(negate(identical(a, b)));
    case '==':
      return told(looseEqual(a, b));
    case '!=':
    case '<>':
      return told(negate(looseEqual(a, b)));
    case '<':
      return ordered((o) => o < 0);
    case '<=':
      return ordered((o) => o <= 0);
    case '>':
      return ordered((o) => o > 0);
    case '>=':
      return ordered((o) => o >= 0);
    case '<=>': {
      const order = compareValues(a, b);
      return order === null ? untold(MIXED) : known(BigInt(order));
    }
    case 'xor':
      return known(toBool(a) !== toBool(b));
    case '+':
      if (a instanceof PhpArray && b instanceof PhpArray) return known(unionArrays(a, b));
      break;
    default:
      break;
  }
  if (typeof a === 'object' && a !== null) return untold(`uses ${op} on an array or object`);
  if (typeof b === 'object' && b !== null) return untold(`uses ${op} on an array or object`);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === null || y === null) return untold('computes with text that is not a plain number');
  if (['+', '-', '*', '/', '%', '**'].includes(op)) return arithmetic(op, x, y);
  if (!['&', '|', '^', '<<', '>>'].includes(op)) return untold(`uses the operator ${op}`);
  const onText = typeof a === 'string' && typeof b === 'string';
  if (onText || typeof x !== 'bigint' || typeof y !== 'bigint') return untold(`uses ${op} on text or fractions`);
  return bits(op, x, y);
}

function unionArrays(a: PhpArray, b: PhpArray): PhpArray {
  let result = a;
  for (const [key, value] of b.map) if (!result.map.has(key)) result = result.with(key, value);
  return result;
}

/** `(int)`, `(string)`, … on a known value. */
export function cast(type: string, value: PhpValue): Outcome {
  switch (type) {
    case 'bool':
    case 'boolean':
      return known(toBool(value));
    case 'string': {
      const text = toStr(value);
      return text === null ? untold('turns something into text that is not plain') : known(text);
    }
    case 'int':
    case 'integer': {
      if (typeof value === 'number')
        return Number.isFinite(value) && Math.abs(value) < 2 ** 53
          ? known(BigInt(Math.trunc(value)))
          : untold('casts a very large number');
      if (typeof value === 'string') {
        const n = stringNumber(value);
        if (typeof n === 'bigint') return known(n);
        const digits = /^[ \t\n\r\v\f]*([+-]?\d{1,17})(?![\d.eE])/.exec(value);
        if (digits?.[1] !== undefined) return known(BigInt(digits[1].replace('+', '')));
        return n === 'text' && !/^[ \t\n\r\v\f]*[+-]?\.?\d/.test(value) ? known(0n) : untold('casts an odd number');
      }
      const n = numberOf(value);
      return typeof n === 'bigint' ? known(n) : untold('casts an array or object to a number');
    }
    case 'array':
      if (value instanceof PhpArray) return known(value);
      if (value === null) return known(PhpArray.empty);
      return typeof value === 'object' ? untold('casts an object to an array') : known(PhpArray.list([value]));
    default:
      return untold(`casts to ${type}`);
  }
}

/** The array a value is read through with a key: the element, or undefined when there is none. */
export function element(
  container: PhpValue,
  key: PhpValue,
): { found: PhpArray['map'] extends ReadonlyMap<unknown, infer V> ? V : never } | null | undefined {
  if (container instanceof PhpArray) {
    const k = arrayKey(key);
    if (k === null) return null;
    const value = container.map.get(k);
    return value === undefined ? undefined : { found: value };
  }
  if (typeof container === 'string') {
    const n = typeof key === 'string' ? stringNumber(key) : key;
    if (typeof n !== 'bigint') return null;
    const index = Number(n < 0n ? n + BigInt(container.length) : n);
    const char = container[index];
    return char === undefined ? undefined : { found: char };
  }
  return typeof container === 'object' && container !== null ? null : undefined;
}
