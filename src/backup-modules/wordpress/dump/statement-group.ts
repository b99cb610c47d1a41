import { quoteIdentifier } from '../mysql/index.js';
import type { DefinedKind } from './statement-kind.js';

export interface Statement {
  text: Buffer;
  delimiter: string;
}

/** Statements that belong together: what sets the stage, one definition, what clears it away. */
export interface Group {
  statements: Statement[];
  defined: { kind: DefinedKind | 'other'; name: string; text: Buffer } | null;
  drops: { table: boolean; view: boolean };
  collationSwitches: number;
}

export function newGroup(): Group {
  return { statements: [], defined: null, drops: { table: false, view: false }, collationSwitches: 0 };
}

const LINE = Buffer.from('\n');

/** The statements with their delimiters; the text ends with `;` as the delimiter in force. */
export function renderStatements(statements: readonly Statement[]): Buffer {
  const parts: Buffer[] = [];
  let delimiter = ';';
  const use = (wanted: string): void => {
    if (wanted !== delimiter) parts.push(Buffer.from(`DELIMITER ${wanted}\n`));
    delimiter = wanted;
  };
  for (const statement of statements) {
    use(statement.delimiter);
    parts.push(statement.text, Buffer.from(statement.delimiter), LINE);
  }
  use(';');
  return Buffer.concat(parts);
}

/** Switches a table's keys off before its rows and on after them. */
export function keySwitch(table: string, what: 'ENABLE' | 'DISABLE'): Statement {
  return { text: Buffer.from(`/*!40000 ALTER TABLE ${quoteIdentifier(table)} ${what} KEYS */`), delimiter: ';' };
}

/**
 * CREATE TABLE without the database's name before its sequences: the server prints it in defaults
 * (`DEFAULT nextval(\`site\`.\`seq\`)`), and a restore under another name would use the old one.
 */
export function withoutSequenceDatabase(text: Buffer, database: string): Buffer {
  const qualifier = `(${quoteIdentifier(database)}.`;
  if (!text.includes(qualifier)) return text;
  let sql = text.toString('latin1');
  for (const name of ['nextval', 'lastval']) {
    sql = sql.replaceAll(Buffer.from(`${name}${qualifier}`).toString('latin1'), `${name}(`);
  }
  return Buffer.from(sql, 'latin1');
}

/** Written for the database in use, whatever its name will be. */
export function withoutDatabaseName(text: Buffer): Buffer {
  const sql = text.toString('latin1').replace(/ALTER\s+DATABASE\s+`(?:[^`]|``)*`\s+/i, 'ALTER DATABASE ');
  return Buffer.from(sql, 'latin1');
}
