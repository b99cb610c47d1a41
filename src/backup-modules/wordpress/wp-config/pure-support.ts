import { untold, type Outcome } from './operators.js';
import { stringNumber, toStr, type PhpValue } from './values.js';

export type Args = readonly PhpValue[];
export type Pure = (args: Args) => Outcome;

export const ODD = untold('is called with arguments that are not evaluated');
/** A text argument as PHP's (weakly typed) parameters take it. Null is refused: PHP 8 warns, 9 will throw. */
export const str = (value: PhpValue | undefined): string | null => (value === undefined ? null : toStr(value));
export const int = (value: PhpValue | undefined, fallback: number): number | null => {
  if (value === undefined) return fallback;
  const n = typeof value === 'string' ? stringNumber(value) : value;
  return typeof n === 'bigint' && n >= -0x7fffffffn && n <= 0x7fffffffn ? Number(n) : null;
};
