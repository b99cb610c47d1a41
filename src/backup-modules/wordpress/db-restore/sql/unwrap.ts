import { commentLength, endOfQuoted, PLAIN_MODE, type LexMode, type SqlBytes } from './lexer.js';

/** What decides which executable comments a server runs. */
export interface ServerVersion {
  isMariaDb: boolean;
  /** As in the comments: 101119 for MariaDB 10.11.19, 80036 for MySQL 8.0.36. */
  number: number;
}

const OPENING = /\/\*(M?)!(\d{5,6})?/y;

/** Whether the server runs the content of an executable comment with this number (0 = none). */
export function runsComment(server: ServerVersion, onlyMariaDb: boolean, number: number): boolean {
  if (number >= 999_999) return false;
  if (onlyMariaDb && !server.isMariaDb) return false;
  if (server.isMariaDb && !onlyMariaDb && number >= 50_700 && number <= 99_999) return false;
  return number <= server.number;
}

/**
 * The statement as this server would see it, with no executable comment (slash, star, exclamation mark) left: it becomes
 * its content when the server would run it and nothing when not. MariaDB's sandbox line (number 999999) vanishes with
 * it. What is checked is then exactly what is run. Plain comments and quoted text stay as they are.
 */
export function unwrapComments(text: SqlBytes, server: ServerVersion, mode: LexMode = PLAIN_MODE): SqlBytes {
  let result = '';
  let at = 0;
  /** One entry per open executable comment: whether its content is kept. */
  const open: boolean[] = [];
  const keep = (piece: string): void => {
    if (open.every(Boolean)) result += piece;
  };
  while (at < text.length) {
    const c = text.charAt(at);
    if (c === '/' && text[at + 1] === '*') {
      OPENING.lastIndex = at;
      const opening = OPENING.exec(text);
      if (opening) {
        open.push(runsComment(server, opening[1] === 'M', Number(opening[2] ?? 0)));
        at += opening[0].length;
        continue;
      }
    }
    if (c === '*' && text[at + 1] === '/' && open.length > 0) {
      keep(' ');
      open.pop();
      at += 2;
      continue;
    }
    const skipped = open.includes(false);
    const length = skipped && c !== '/' ? 0 : commentLength(text, at);
    const end = length > 0 ? at + length : quotedEnd(text, at, mode, skipped);
    keep(text.slice(at, end));
    at = end;
  }
  return result;
}

/** Quotes inside a comment that is not run mean nothing (`don't`). */
function quotedEnd(text: SqlBytes, at: number, mode: LexMode, skipped: boolean): number {
  const c = text[at];
  const isQuote = c === "'" || c === '"' || c === '`';
  return isQuote && !skipped ? endOfQuoted(text, at, mode) : at + 1;
}
