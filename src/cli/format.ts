import { bytes, DECIMAL } from '../common/sizes.js';

export { bytes } from '../common/sizes.js';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/**
 * A limit for a person, with the number that was entered: `50 GB`, `1.25 TB`. One that was entered in powers of 1024 is shown in
 * both, as all else is in powers of 1000: `100 GiB (107 GB)`.
 */
export function limit(size: number): string {
  const decimal = exactly(size, 1000, DECIMAL);
  const binary = exactly(size, 1024, BINARY);
  if (binary === null || (decimal !== null && decimal.length <= binary.length)) return decimal ?? bytes(size);
  return `${binary} (${bytes(size)})`;
}

/** In the largest unit of which it has at least one, when three digits after the point are enough. */
function exactly(size: number, base: number, units: readonly string[]): string | null {
  let unit = 0;
  while (size >= base ** (unit + 1) && unit < units.length - 1) unit += 1;
  const value = (size / base ** unit) * 1000;
  return Number.isInteger(value) ? `${value / 1000} ${units[unit] ?? 'B'}` : null;
}

/** A size as a person writes it, in bytes: `50GB` and `50 G` in powers of 1000, `50GiB` in powers of 1024; null when it is none. */
export function parseSize(text: string): number | null {
  const [, digits, letter = '', binary = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(i?))?b?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const power = ['', 'k', 'm', 'g', 't', 'p'].indexOf(letter.toLowerCase());
  const size = Math.round(Number(digits) * (binary === '' ? 1000 : 1024) ** power);
  return Number.isSafeInteger(size) ? size : null;
}

/** Seconds for a person: `8 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** A UTC time as the API gives it, for a person: `2026-03-01 14:05:09 UTC`. */
export function time(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return '–';
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Counts with grouping: `12 345`. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** `1 file`, `2 files`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * Text from a site (names, paths, messages) made safe for a terminal: control characters, which could move the cursor
 * or change the title, are shown as `\xNN`.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** The beginning of an id, which commands take in its place; ids of one millisecond may have it in common (`shortIds`). */
export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

const SHORT_ID = 18;

/** The same for a list: as long as it takes to tell these ids apart, as those of one millisecond begin alike. */
export function shortIds(all: readonly { id: string }[]): (id: string) => string {
  const different = new Set(all.map(({ id }) => id)).size;
  const length =
    [SHORT_ID, 26].find((size) => new Set(all.map(({ id }) => id.slice(0, size))).size === different) ?? 36;
  return (id) => id.slice(0, length);
}
