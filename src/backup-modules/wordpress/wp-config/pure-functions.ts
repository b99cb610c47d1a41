import { createHash } from 'node:crypto';
import { parseUrl } from './parse-url.js';
import { arrayKeyExists, arrayMerge, explode, implode, inArray, ofArray } from './pure-arrays.js';
import { int, ODD, str, type Pure } from './pure-support.js';
import { cast, known, MAX_STRING, untold, type Outcome } from './operators.js';
import { isUnknown, PhpArray, stringNumber, toBool, toStr, type PhpValue } from './values.js';

const isAscii = (text: string): boolean => !/[\x80-\xff]/.test(text);
const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (c) => c.toLowerCase());
const upper = (text: string): string => text.replaceAll(/[a-z]/g, (c) => c.toUpperCase());

/** A function of texts only. */
const texts =
  (count: number, fn: (...parts: string[]) => Outcome | PhpValue): Pure =>
  (args) => {
    if (args.length !== count) return ODD;
    const parts: string[] = [];
    for (const arg of args) {
      const part = str(arg);
      if (part === null) return ODD;
      parts.push(part);
    }
    const result = fn(...parts);
    return isOutcome(result) ? result : known(result);
  };
const isOutcome = (value: Outcome | PhpValue): value is Outcome =>
  typeof value === 'object' && value !== null && 'ok' in value;

const asciiOnly = (text: string, value: PhpValue): Outcome =>
  isAscii(text) ? known(value) : untold('changes the case of letters beyond ASCII, which depends on the locale');

function trim(sides: 'both' | 'left' | 'right'): Pure {
  return (args) => {
    const text = str(args[0]);
    const list = args[1] === undefined ? ' \n\r\t\v\0' : str(args[1]);
    if (text === null || list === null || list.includes('..')) return ODD;
    let start = 0;
    let end = text.length;
    if (sides !== 'right') while (start < end && list.includes(text.charAt(start))) start++;
    if (sides !== 'left') while (end > start && list.includes(text.charAt(end - 1))) end--;
    return known(text.slice(start, end));
  };
}

function dirnameOnce(path: string): string {
  if (path === '') return '';
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  if (end === 0) return '/';
  while (end > 0 && path[end - 1] !== '/') end--;
  if (end === 0) return '.';
  while (end > 0 && path[end - 1] === '/') end--;
  return end === 0 ? '/' : path.slice(0, end);
}

const dirname: Pure = (args) => {
  const path = str(args[0]);
  const levels = int(args[1], 1);
  if (path === null || levels === null || levels < 1) return ODD;
  let result = path;
  for (let i = 0; i < levels; i++) {
    const parent = dirnameOnce(result);
    if (parent === result) break;
    result = parent;
  }
  return known(result);
};

const basename: Pure = (args) => {
  const path = str(args[0]);
  const suffix = args[1] === undefined ? '' : str(args[1]);
  if (path === null || suffix === null || !isAscii(path)) return ODD;
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return known(suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name);
};

function offset(length: number, from: number): number | null {
  const at = from < 0 ? length + from : from;
  return at < 0 || at > length ? null : at;
}

/** strpos and its like. `find` gives -1 for nothing. */
function position(fold: boolean, find: (text: string, needle: string, from: number) => number): Pure {
  return (args) => {
    let text = str(args[0]);
    let needle = typeof args[1] === 'string' ? args[1] : null;
    const from = int(args[2], 0);
    if (text === null || needle === null || needle === '' || from === null) return ODD;
    if (fold && !(isAscii(text) && isAscii(needle))) return ODD;
    if (fold) [text, needle] = [lower(text), lower(needle)];
    const start = offset(text.length, from);
    if (start === null) return ODD;
    const at = find(text, needle, start);
    return known(at < 0 ? false : BigInt(at));
  };
}

const substr: Pure = (args) => {
  const text = str(args[0]);
  const from = int(args[1], 0);
  const length = args[2] === null ? 0x7fffffff : int(args[2], 0x7fffffff);
  if (text === null || from === null || length === null || args.length < 2) return ODD;
  // PHP 7 gives false instead of '' beyond the end.
  if (from > text.length || (from === text.length && text !== '')) return untold('cuts beyond the end of a text');
  const start = from < 0 ? Math.max(0, text.length + from) : from;
  const end = length < 0 ? text.length + length : Math.min(text.length, start + length);
  if (end < start) return untold('cuts beyond the end of a text');
  return known(text.slice(start, end));
};

const strReplace: Pure = (args) => {
  if (args.length !== 3) return ODD;
  const [search, replace, subject] = args;
  if (typeof subject !== 'string' || search === undefined || replace === undefined) return ODD;
  const pairs: [string, string][] = [];
  if (search instanceof PhpArray) {
    const replacements = replace instanceof PhpArray ? [...replace.map.values()] : null;
    for (const [i, item] of [...search.map.values()].entries()) {
      const by = replacements === null ? replace : (replacements[i] ?? '');
      if (isUnknown(item) || isUnknown(by)) return ODD;
      const [from, to] = [toStr(item), toStr(by)];
      if (from === null || to === null) return ODD;
      pairs.push([from, to]);
    }
  } else {
    const [from, to] = [toStr(search), toStr(replace)];
    if (from === null || to === null) return ODD;
    pairs.push([from, to]);
  }
  let result = subject;
  for (const [from, to] of pairs.slice(0, 100)) {
    if (from === '') continue;
    if (result.length * (to.length + 1) > MAX_STRING * 4) return untold('builds a very long text');
    result = result.replaceAll(from, () => to);
  }
  return pairs.length > 100 ? ODD : known(result);
};

const sprintf: Pure = (args) => {
  const [format, ...rest] = args;
  if (typeof format !== 'string') return ODD;
  let next = 0;
  let failed = false;
  const result = format.replaceAll(
    /%(?:(%)|(?:(\d{1,2})\$)?([sd])|)/g,
    (all, percent?: string, place?: string, type?: string) => {
      if (percent !== undefined) return '%';
      const value = rest[place === undefined ? next++ : Number(place) - 1];
      const text =
        value === undefined ? null : type === 's' ? toStr(value) : typeof value === 'bigint' ? value.toString() : null;
      if (type === undefined || text === null || all === '%') failed = true;
      return text ?? '';
    },
  );
  return failed || result.length > MAX_STRING ? ODD : known(result);
};

const is =
  (test: (value: PhpValue) => boolean): Pure =>
  ([value]) =>
    value === undefined ? ODD : known(test(value));

const hash = (algorithm: string): Pure =>
  texts(1, (text) => createHash(algorithm).update(text, 'latin1').digest('hex'));
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** PHP functions whose result depends on their arguments alone. Each gives PHP's exact answer or says that it can't. */
export const PURE: ReadonlyMap<string, Pure> = new Map<string, Pure>([
  ['dirname', dirname],
  ['basename', basename],
  ['trim', trim('both')],
  ['ltrim', trim('left')],
  ['rtrim', trim('right')],
  ['chop', trim('right')],
  ['strtolower', texts(1, (t) => asciiOnly(t, lower(t)))],
  ['strtoupper', texts(1, (t) => asciiOnly(t, upper(t)))],
  ['ucfirst', texts(1, (t) => asciiOnly(t.slice(0, 1), upper(t.slice(0, 1)) + t.slice(1)))],
  ['lcfirst', texts(1, (t) => asciiOnly(t.slice(0, 1), lower(t.slice(0, 1)) + t.slice(1)))],
  ['strlen', texts(1, (t) => BigInt(t.length))],
  ['strrev', texts(1, (t) => t.split('').toReversed().join(''))],
  ['str_contains', texts(2, (t, n) => t.includes(n))],
  ['str_starts_with', texts(2, (t, n) => t.startsWith(n))],
  ['str_ends_with', texts(2, (t, n) => t.endsWith(n))],
  ['strcmp', texts(2, (a, b) => (a === b ? 0n : untold('compares texts')))],
  ['strcasecmp', texts(2, (a, b) => (isAscii(a + b) && lower(a) === lower(b) ? 0n : untold('compares texts')))],
  ['strpos', position(false, (t, n, from) => t.indexOf(n, from))],
  ['stripos', position(true, (t, n, from) => t.indexOf(n, from))],
  [
    'strrpos',
    ([t, n, from]) => (from === undefined ? position(false, (a, b) => a.lastIndexOf(b))([t ?? null, n ?? null]) : ODD),
  ],
  ['strstr', texts(2, (t, n) => (n === '' ? ODD : t.includes(n) ? t.slice(t.indexOf(n)) : false))],
  [
    'strrchr',
    texts(2, (t, n) => (n === '' ? ODD : t.includes(n.charAt(0)) ? t.slice(t.lastIndexOf(n.charAt(0))) : false)),
  ],
  ['substr', substr],
  ['substr_count', texts(2, (t, n) => (n === '' ? ODD : BigInt(t.split(n).length - 1)))],
  ['str_replace', strReplace],
  [
    'str_repeat',
    ([t, n]) => {
      const text = str(t);
      const times = int(n, -1);
      return text === null || times === null || times < 0 || text.length * times > MAX_STRING
        ? ODD
        : known(text.repeat(times));
    },
  ],
  ['sprintf', sprintf],
  ['implode', implode],
  ['join', implode],
  ['explode', explode],
  ['count', ofArray((a) => BigInt(a.size))],
  ['sizeof', ofArray((a) => BigInt(a.size))],
  ['array_keys', ofArray((a) => PhpArray.list([...a.map.keys()]))],
  ['array_values', ofArray((a) => PhpArray.list([...a.map.values()]))],
  ['in_array', inArray],
  ['array_key_exists', arrayKeyExists],
  ['key_exists', arrayKeyExists],
  ['array_merge', arrayMerge],
  ['is_null', is((v) => v === null)],
  ['is_string', is((v) => typeof v === 'string')],
  ['is_int', is((v) => typeof v === 'bigint')],
  ['is_integer', is((v) => typeof v === 'bigint')],
  ['is_bool', is((v) => typeof v === 'boolean')],
  ['is_array', is((v) => v instanceof PhpArray)],
  [
    'is_numeric',
    ([v]) => {
      if (typeof v !== 'string') return v === undefined ? ODD : known(typeof v === 'bigint' || typeof v === 'number');
      return stringNumber(v) === 'numeric' && /\s$/.test(v) ? ODD : known(stringNumber(v) !== 'text');
    },
  ],
  ['boolval', is(toBool)],
  ['strval', ([v]) => (v === undefined ? ODD : cast('string', v))],
  ['intval', ([v, ...rest]) => (v === undefined || rest.length > 0 ? ODD : cast('int', v))],
  ['md5', hash('md5')],
  ['sha1', hash('sha1')],
  ['base64_encode', texts(1, (t) => bytes(t).toString('base64'))],
  [
    'base64_decode',
    ([t]) =>
      typeof t === 'string' && t.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(t)
        ? known(Buffer.from(t, 'base64').toString('latin1'))
        : ODD,
  ],
  ['bin2hex', texts(1, (t) => bytes(t).toString('hex'))],
  ['hex2bin', texts(1, (t) => (/^(?:[0-9a-fA-F]{2})*$/.test(t) ? Buffer.from(t, 'hex').toString('latin1') : ODD))],
  ['chr', ([n]) => (typeof n === 'bigint' && n >= 0n && n < 256n ? known(String.fromCharCode(Number(n))) : ODD)],
  ['ord', texts(1, (t) => (t === '' ? ODD : BigInt(t.charCodeAt(0))))],
  ['urldecode', texts(1, (t) => decodeUrl(t.replaceAll('+', ' ')))],
  ['rawurldecode', texts(1, decodeUrl)],
  ['rawurlencode', texts(1, (t) => encodeUrl(t))],
  ['parse_url', parseUrl],
]);

function decodeUrl(text: string): string {
  return text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function encodeUrl(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.~-]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
