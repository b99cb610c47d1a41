import type { DatabasePart } from '../../../engine/snapshot/manifest/types.js';
import { CreateTableStatement } from './sql/create-table.js';
import { isSequence, nameOf, tokenize, type LexMode, type SqlBytes } from './sql/lexer.js';
import { parseObject, SAME_NAMES, type ObjectStatement } from './sql/object.js';

/** What to do with a statement of the dump. Whatever is not listed here is refused. */
export type Verdict =
  | { type: 'skip' }
  | { type: 'set' }
  | { type: 'table'; statement: CreateTableStatement }
  | { type: 'sequence'; name: string; nameStart: number; nameEnd: number }
  | { type: 'setval'; name: string; nameStart: number; nameEnd: number }
  | { type: 'counter'; name: string; nameStart: number; nameEnd: number }
  | { type: 'object'; object: ObjectStatement }
  | { type: 'refuse'; reason: string };

type StatementType = 'table' | 'view' | 'trigger' | 'routine' | 'event' | 'sequence';

/** What each part of a dump may create; `data` may only insert, which is checked elsewhere. */
const CREATES: Readonly<Record<DatabasePart, readonly StatementType[]>> = {
  preamble: [],
  // Some dump programs write a stand-in for each view among the tables, and triggers behind them.
  schema: ['table', 'view', 'sequence'],
  data: ['sequence'],
  triggers: ['trigger'],
  counters: [],
  routines: ['routine'],
  events: ['event'],
  view: ['view'],
  epilogue: [],
  sqlite: [],
};
const DROPPABLE = new Set(['TABLE', 'VIEW', 'TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'SEQUENCE', 'PACKAGE']);
const TYPE_OF: Readonly<Record<ObjectStatement['kind'], StatementType>> = {
  view: 'view',
  trigger: 'trigger',
  function: 'routine',
  procedure: 'routine',
  package: 'routine',
  'package body': 'routine',
  event: 'event',
};

const skip: Verdict = { type: 'skip' };
const refuse = (reason: string): Verdict => ({ type: 'refuse', reason });

/**
 * Judges one statement (executable comments unwrapped) of a part of the dump. DROP, LOCK, DISABLE KEYS and the like are
 * known and skipped: the restore does these things itself, on its own tables.
 */
export function judge(sql: SqlBytes, part: DatabasePart, mode: LexMode): Verdict {
  const tokens = tokenize(sql.length > 4096 ? sql.slice(0, 4096) : sql, mode);
  const verb = tokens[0]?.kind === 'word' ? tokens[0].value : '';
  const object = tokens[1]?.value ?? '';
  switch (verb) {
    case '':
      return tokens.length === 0 ? skip : refuse('something that is no statement');
    case 'SET':
      return { type: 'set' };
    case 'DROP': {
      const isConditional = isSequence(
        tokens,
        object === 'PACKAGE' && isSequence(tokens, 2, 'BODY') ? 3 : 2,
        'IF',
        'EXISTS',
      );
      return DROPPABLE.has(object) && isConditional ? skip : refuse(`DROP ${object}`);
    }
    case 'LOCK':
    case 'UNLOCK':
      return object === 'TABLES' || object === 'TABLE' ? skip : refuse(`${verb} ${object}`);
    case 'COMMIT':
    case 'BEGIN':
      return tokens.length <= 2 ? skip : refuse(`${verb} with more behind it`);
    case 'START':
      return object === 'TRANSACTION' ? skip : refuse(`START ${object}`);
    case 'ALTER':
      return alter(sql, part, tokens);
    case 'SELECT':
    case 'DO':
      return setval(sql, part);
    case 'CREATE':
      return create(sql, part, mode);
    default:
      return refuse(verb);
  }
}

function alter(sql: SqlBytes, part: DatabasePart, tokens: ReturnType<typeof tokenize>): Verdict {
  if (isSequence(tokens, 1, 'DATABASE')) {
    // Written around routines when the database's collation has changed since they were made.
    return /^ALTER\s+DATABASE\s+(?:\S+\s+)?CHARACTER SET \w+ COLLATE \w+\s*$/i.test(sql.trim())
      ? skip
      : refuse('ALTER DATABASE');
  }
  if (part === 'counters') return counter(sql);
  const isKeys =
    tokens.length === 5 && (isSequence(tokens, 3, 'DISABLE', 'KEYS') || isSequence(tokens, 3, 'ENABLE', 'KEYS'));
  return isSequence(tokens, 1, 'TABLE') && isKeys ? skip : refuse(`ALTER ${tokens[1]?.value ?? ''}`);
}

/** `ALTER TABLE name AUTO_INCREMENT=5`: where a table goes on counting. */
function counter(sql: SqlBytes): Verdict {
  const match = /^(\s*ALTER\s+TABLE\s+)(`(?:[^`]|``)+`)\s+AUTO_INCREMENT\s*=\s*\d+\s*$/i.exec(sql);
  const [, head = '', name] = match ?? [];
  if (name === undefined) return refuse('ALTER TABLE');
  return {
    type: 'counter',
    name: nameOf(tokenize(name)[0], name) ?? '',
    nameStart: head.length,
    nameEnd: head.length + name.length,
  };
}

/** `SELECT SETVAL(name, 5, 0)`: how a dump sets a sequence. */
function setval(sql: SqlBytes, part: DatabasePart): Verdict {
  const match = /^\s*(?:SELECT|DO)\s+SETVAL\(\s*(`(?:[^`]|``)+`)\s*,\s*-?\d+\s*(?:,\s*-?\d+\s*){0,2}\)\s*$/i.exec(sql);
  const name = match?.[1];
  if (match === null || name === undefined || (part !== 'data' && part !== 'schema')) return refuse('SELECT');
  const nameStart = match[0].indexOf(name);
  const token = tokenize(name)[0];
  return { type: 'setval', name: nameOf(token, name) ?? '', nameStart, nameEnd: nameStart + name.length };
}

function create(sql: SqlBytes, part: DatabasePart, mode: LexMode): Verdict {
  const allowed = CREATES[part];
  const tokens = tokenize(sql, mode);
  if (isSequence(tokens, 1, 'TABLE')) {
    if (!allowed.includes('table') && part !== 'view') return refuse('CREATE TABLE');
    const parsed = CreateTableStatement.parse(sql);
    return parsed.ok ? { type: 'table', statement: parsed.statement } : refuse(parsed.reason);
  }
  if (isSequence(tokens, 1, 'SEQUENCE')) {
    const token = isSequence(tokens, 2, 'IF', 'NOT', 'EXISTS') ? tokens[5] : tokens[2];
    const name = nameOf(token, sql);
    const isPlain = tokens.slice(4).every((one) => one.kind === 'word' || one.value === '-' || one.value === '=');
    if (!allowed.includes('sequence') || token === undefined || name === null || !isPlain)
      return refuse('CREATE SEQUENCE');
    return { type: 'sequence', name, nameStart: token.start, nameEnd: token.end };
  }
  const parsed = parseObject(sql, SAME_NAMES, mode);
  if (!parsed.ok) return refuse(parsed.reason);
  if (!allowed.includes(TYPE_OF[parsed.object.kind])) return refuse(`CREATE ${parsed.object.kind.toUpperCase()}`);
  return { type: 'object', object: parsed.object };
}
