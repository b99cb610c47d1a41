import { Matches } from 'class-validator';
import { mustBe } from '../../../common/http/index.js';

/** How a node may be called; `self` is the master's own host. */
export const IsNodeName = (): PropertyDecorator =>
  Matches(
    /^(?!self$)[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u,
    mustBe('1 to 100 letters, digits, blanks, ".", "_" or "-", begin with a letter or a digit, and not be "self"'),
  );

/** Text of at most so many characters that PostgreSQL and JSON can hold: without NUL, and without halves of characters. */
export const IsPlainText = (most: number, { each = false }: { each?: boolean } = {}): PropertyDecorator =>
  Matches(new RegExp(String.raw`^[^\0\p{Cs}]{0,${most}}$`, 'u'), {
    each,
    message: `${each ? 'each item of ' : ''}$property must be text of at most ${most} characters`,
  });
