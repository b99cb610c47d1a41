import { quoteIdentifier } from '../mysql/index.js';
import type { SpillBuffer } from './spill-buffer.js';
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

/** Puts the group's statements with others that come later. */
export function gather(buffer: SpillBuffer, group: Group): void {
  buffer.append(renderStatements(group.statements));
}

/** A statement of our own. */
export function statementOf(sql: string): Statement {
  return { text: Buffer.from(sql), delimiter: ';' };
}

/** Switches a table's keys off before its rows and on after them. */
export function keySwitch(table: string, what: 'ENABLE' | 'DISABLE'): Statement {
  return statementOf(`/*!40000 ALTER TABLE ${quoteIdentifier(table)} ${what} KEYS */`);
}

/** Sets the next value of a table's AUTO_INCREMENT column; InnoDB does it in place. */
export function counterStatement(table: string, value: string): Statement {
  return statementOf(`ALTER TABLE ${quoteIdentifier(table)} AUTO_INCREMENT=${value}`);
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

/** Definitions need it; rows are exact whatever it is: they are utf8mb4, or all hex. */
export const NAMES = statementOf('/*!40101 SET NAMES utf8mb4 */');
/** For the whole dump, as no piece may need another one's session state. */
export const HISTORY = {
  on: statementOf(
    '/*M!101100 SET @OLD_INSERT_HISTORY=@@system_versioning_insert_history, @@session.system_versioning_insert_history=1 */',
  ),
  off: statementOf('/*M!101100 SET system_versioning_insert_history=@OLD_INSERT_HISTORY */'),
};
/** The first lines of the first piece. */
export const HEADER = `-- A database dump made by backupd.
-- Restore: cat database/*.sql | mariadb NAME
`;
