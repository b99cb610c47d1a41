import { AppError } from '../../../common/errors/index.js';
import { readIdentifier } from '../mysql/index.js';

export type DefinedKind = 'table' | 'sequence' | 'view' | 'trigger' | 'routine' | 'event';

/** What one statement of a dump is for. */
export type StatementKind =
  /** Not needed in the backup (locks, transactions), or written anew where it belongs (switches of keys and history). */
  | { is: 'noise' }
  /** Prepares what follows: saves or sets a session variable, or drops what is to be made. */
  | { is: 'prelude'; drops?: 'table' | 'view' | 'other' }
  /** Makes something. */
  | { is: 'definition'; kind: DefinedKind; name: string }
  /** Sets a saved session variable back, as the last part of a definition. */
  | { is: 'restoring' }
  /** Switches the database's own collation for one definition, or back. */
  | { is: 'database-collation' }
  /** Saves a session variable for the whole dump, or sets it for the whole dump. */
  | { is: 'dump-prelude' }
  /** Sets back what the dump's first lines saved. */
  | { is: 'dump-restoring' }
  | { is: 'other' };

const QUOTED = '`(?:[^`]|``)*`';
const DEFINER = String.raw`DEFINER\s*=\s*(?:${QUOTED}|'(?:[^'\\]|\\.|'')*'|[^\s@]+)(?:\s*@\s*(?:${QUOTED}|'(?:[^'\\]|\\.|'')*'|\S+))?\s+`;
const CREATE = new RegExp(
  String.raw`^CREATE\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:${DEFINER})?(?:SQL\s+SECURITY\s+\w+\s+)?(?:AGGREGATE\s+)?` +
    String.raw`(TABLE|SEQUENCE|VIEW|TRIGGER|PROCEDURE|FUNCTION|PACKAGE\s+BODY|PACKAGE|EVENT)\s+(?:IF\s+NOT\s+EXISTS\s+)?`,
  'i',
);

const kinds: Readonly<Record<string, DefinedKind>> = {
  TABLE: 'table',
  SEQUENCE: 'sequence',
  VIEW: 'view',
  TRIGGER: 'trigger',
  EVENT: 'event',
};

/** The statement's text with the marks of version comments taken out; latin1. */
function unwrapped(text: Buffer): string {
  return text
    .subarray(0, 8192)
    .toString('latin1')
    .replaceAll(/\/\*M?!\d*\s?/g, '')
    .replaceAll('*/', ' ')
    .trim();
}

/** Says what a statement of mariadb-dump or mysqldump is for, from its first words. */
export function kindOfStatement(text: Buffer): StatementKind {
  const sql = unwrapped(text);
  const created = CREATE.exec(sql);
  if (created) {
    const identifier = readIdentifier(sql.slice(created[0].length));
    const word = (created[1] ?? '').toUpperCase();
    const name = Buffer.from(identifier?.name ?? '', 'latin1').toString();
    return { is: 'definition', kind: kinds[word] ?? 'routine', name };
  }
  if (/^SET\b/i.test(sql)) return kindOfSet(sql);
  if (/^DROP\s+(?:TABLE|SEQUENCE)\b/i.test(sql)) return { is: 'prelude', drops: 'table' };
  if (/^DROP\s+VIEW\b/i.test(sql)) return { is: 'prelude', drops: 'view' };
  if (/^DROP\s+(?:TRIGGER|PROCEDURE|FUNCTION|PACKAGE|EVENT)\b/i.test(sql)) return { is: 'prelude', drops: 'other' };
  if (/^ALTER\s+DATABASE\b/i.test(sql)) return { is: 'database-collation' };
  if (/^(?:LOCK\s+TABLES|UNLOCK\s+TABLES|COMMIT|START\s+TRANSACTION|BEGIN)\b/i.test(sql)) return { is: 'noise' };
  if (/^ALTER\s+TABLE\s+`(?:[^`]|``)*`\s+(?:DISABLE|ENABLE)\s+KEYS\s*$/i.test(sql)) return { is: 'noise' };
  return { is: 'other' };
}

function kindOfSet(sql: string): StatementKind {
  if (/AUTOCOMMIT|system_versioning_insert_history/i.test(sql) || /@save_time_zone/i.test(sql)) return { is: 'noise' };
  if (/^SET\s+@OLD_/i.test(sql)) return { is: 'dump-prelude' };
  if (/=\s*@OLD_/i.test(sql)) return { is: 'dump-restoring' };
  if (/=\s*@saved_/i.test(sql)) return { is: 'restoring' };
  return { is: 'prelude' };
}

/** The table of an INSERT. */
export function insertedTable(header: Buffer): string | null {
  const identifier = readIdentifier(header.subarray('INSERT INTO '.length).toString('latin1'));
  return identifier ? Buffer.from(identifier.name, 'latin1').toString() : null;
}

/** Rows of a table that is not being read. */
export function rowsWithoutTable(table: string | null): AppError {
  return new AppError({
    code: 'DUMP_UNREADABLE',
    kind: 'source',
    message: `The dump has rows for the table '${table ?? '?'}' before its definition.`,
    hint: 'Please report it with the version of the dump program.',
    retry: 'never',
  });
}
