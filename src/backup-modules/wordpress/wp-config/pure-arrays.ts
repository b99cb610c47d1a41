import {
  identical,
  isUnknown,
  nextIndex,
  PhpArray,
  arrayKey,
  toBool,
  toStr,
  type ArrayKey,
  type PhpValue,
  type Value,
} from './values.js';
import { known, looseEqual, MAX_STRING } from './operators.js';
import { int, ODD, type Pure } from './pure-support.js';

export const implode: Pure = (args) => {
  const [a, b] = args;
  const list = a instanceof PhpArray ? a : b;
  const glue = a instanceof PhpArray ? (b === undefined ? '' : b) : a;
  if (!(list instanceof PhpArray) || typeof glue !== 'string') return ODD;
  const parts: string[] = [];
  for (const value of list.map.values()) {
    const part = isUnknown(value) ? null : toStr(value);
    if (part === null) return ODD;
    parts.push(part);
  }
  const result = parts.join(glue);
  return result.length > MAX_STRING ? ODD : known(result);
};

export const explode: Pure = (args) => {
  const [separator, text] = args;
  const limit = int(args[2], 0x7fffffff);
  if (typeof separator !== 'string' || separator === '' || typeof text !== 'string' || limit === null || limit < 1)
    return ODD;
  const parts = text.split(separator);
  if (parts.length > 10_000) return ODD;
  return known(
    PhpArray.list(
      parts.length > limit ? [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)] : parts,
    ),
  );
};

export const inArray: Pure = (args) => {
  const [needle, haystack, strict] = args;
  if (needle === undefined || !(haystack instanceof PhpArray)) return ODD;
  let unsure = false;
  for (const value of haystack.map.values()) {
    const same = isUnknown(value)
      ? null
      : strict !== undefined && toBool(strict)
        ? identical(needle, value)
        : looseEqual(value, needle);
    if (same === true) return known(true);
    if (same === null) unsure = true;
  }
  return unsure ? ODD : known(false);
};

export const arrayKeyExists: Pure = (args) => {
  const [key, array] = args;
  if (key === undefined || !(array instanceof PhpArray) || typeof key === 'number') return ODD;
  const k = arrayKey(key);
  return k === null ? ODD : known(array.map.has(k));
};

export const arrayMerge: Pure = (args) => {
  const map = new Map<ArrayKey, Value>();
  let next: bigint | null = 0n;
  for (const arg of args) {
    if (!(arg instanceof PhpArray)) return ODD;
    for (const [key, value] of arg.map) {
      const k: ArrayKey = typeof key === 'bigint' ? (next ?? 0n) : key;
      map.set(k, value);
      next = nextIndex(next, k);
    }
  }
  return known(new PhpArray(map, next));
};

export const ofArray =
  (fn: (array: PhpArray) => PhpValue): Pure =>
  ([array, ...rest]) =>
    array instanceof PhpArray && rest.length === 0 ? known(fn(array)) : ODD;
