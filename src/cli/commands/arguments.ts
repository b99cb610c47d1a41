import { InvalidArgumentError } from 'commander';
import { parseSize } from '../format.js';

/** A whole number of zero or more. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A whole number from 0 to 100. */
export function percentOf(text: string): number {
  if (!/^(\d{1,2}|100) ?%?$/.test(text)) throw new InvalidArgumentError('It must be a percentage from 0 to 100.');
  return Number.parseInt(text, 10);
}

/** A size, in bytes: `500MB` (powers of 1000), `500MiB` (powers of 1024). */
export function sizeOf(text: string): number {
  const size = parseSize(text);
  if (size === null) throw new InvalidArgumentError('It must be a size: 500MB, 50GB, 1.5TB, 100GiB.');
  return size;
}

/** Collects a repeatable option. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** Collects repeatable `NAME=value` pairs. */
export function collectPair(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be NAME=value.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
