import { Engine } from 'php-parser';
import { descendants, isNode, lineOf, type Node } from './ast.js';
import { withTimeLimit } from './time-limit.js';

/** Largest PHP file that is parsed. Real configurations are a few KiB. */
export const MAX_SOURCE = 256 * 1024;
/** What the parser does with less is over in milliseconds, whatever it is. */
const SMALL_SOURCE = 20_000;
const PARSE_TIMEOUT_MS = 2_000;
const MAX_NAME_PARTS = 64;

export type ParseResult = { ok: true; program: Node } | { ok: false; reason: string; line: number };

/**
 * Parses PHP source given as binary text. Never throws: a file that is too large, takes too long or is no valid PHP
 * gives a reason. Nothing of the file is run.
 */
export function parsePhp(source: string, file: string): ParseResult {
  if (source.length > MAX_SOURCE) return { ok: false, reason: `is larger than ${MAX_SOURCE / 1024} KiB`, line: 1 };
  if (longName(source)) return { ok: false, reason: 'has a name of very many parts', line: 1 };
  const engine = new Engine({
    parser: { extractDoc: false, suppressErrors: false, version: 803 },
    ast: { withPositions: true },
    lexer: { all_tokens: false, short_tags: false, asp_tags: false },
  });
  try {
    const parse = (): unknown => engine.parseCode(source, file);
    const program: unknown = source.length <= SMALL_SOURCE ? parse() : withTimeLimit(PARSE_TIMEOUT_MS, parse);
    if (!isNode(program)) return { ok: false, reason: 'gave no syntax tree', line: 1 };
    return check(program);
  } catch (error) {
    return { ok: false, ...explain(error) };
  }
}

/** The parser takes quadratic time on names like a\a\a\… */
function longName(source: string): boolean {
  let parts = 0;
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code === 92) {
      if (++parts > MAX_NAME_PARTS && source.charCodeAt(i - 1) !== 92) return true;
    } else if (!(code >= 128 || code === 95 || (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122)))
      parts = 0;
  }
  return false;
}

/** Refuses what would make the tree mean something else than it says. */
function check(program: Node): ParseResult {
  for (const node of descendants(program)) {
    if (node.kind === 'goto' || node.kind === 'label')
      return { ok: false, reason: 'jumps with goto', line: lineOf(node) };
    if (node.kind === 'inline' && /<\?(?!xml|=|php)/i.test(String(node['raw'])))
      return { ok: false, reason: 'uses short open tags, which PHP settings may turn off', line: lineOf(node) };
  }
  return { ok: true, program };
}

function explain(error: unknown): { reason: string; line: number } {
  if (error instanceof RangeError) return { reason: 'is nested too deeply', line: 1 };
  if (!(error instanceof Error) && !(typeof error === 'object' && error !== null && 'message' in error))
    return { reason: 'is not valid PHP', line: 1 };
  if ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
    return { reason: 'takes too long to parse', line: 1 };
  const line = 'lineNumber' in error && typeof error.lineNumber === 'number' ? error.lineNumber : 1;
  // The parser's own message quotes the source, which may be a password.
  return { reason: `is not valid PHP (syntax error on line ${line})`, line };
}
