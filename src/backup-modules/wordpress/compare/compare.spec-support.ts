import type { DatabaseDifference, StorageDriver, TableDifference } from '../../../engine/ports/index.js';
import { openBackup, type StoredBackup } from '../../../engine/snapshot/read/index.js';
import { makeHandMadeBackup, MemoryStorageDriver, type HandMadeEntry } from '../../../engine/testing/index.js';
import { DumpParser } from '../dump/index.js';
import { DumpWriter } from '../dump/dump-writer.js';
import { pieceSizes } from '../dump/row-cutter.js';
import { diffDatabase, type DiffDatabaseLimits } from './index.js';

/** A table as a dump has it. */
export interface DumpTable {
  name: string;
  /** Column definitions. Default: `a` int, `b` and `v` text. */
  columns?: string;
  /** Names of the key's columns; none = no key. */
  key?: string;
  options?: string;
  /** As literals: `(1,'x')`. */
  rows: readonly string[];
}

const COLUMNS = '`a` int(11) NOT NULL,\n  `b` varchar(100) NOT NULL,\n  `v` longtext DEFAULT NULL';

/** Text literal as the dump programs write it. */
export const literal = (text: string): string =>
  `'${text.replaceAll(/[\\'\n]/g, (c) => (c === '\n' ? String.raw`\n` : `\\${c}`))}'`;

export function tableText({ name, columns = COLUMNS, key, options = 'ENGINE=InnoDB', rows }: DumpTable): string {
  const primary = key === undefined ? '' : `,\n  PRIMARY KEY (${key})`;
  const inserts = rows.length === 0 ? '' : `INSERT INTO \`${name}\` VALUES\n${rows.join(',\n')};\n`;
  return `DROP TABLE IF EXISTS \`${name}\`;\nCREATE TABLE \`${name}\` (\n  ${columns}${primary}\n) ${options};\n${inserts}`;
}

/** The members of a dump, as a backup would store them. */
export async function dumpMembers(folder: string, dump: string, pieceBytes: number): Promise<HandMadeEntry[]> {
  const options = { workDir: folder, database: 'site', objects: 100, takes: () => true, history: false };
  const writer = new DumpWriter({ ...options, pieces: pieceSizes(pieceBytes) });
  const parser = new DumpParser(writer);
  parser.push(Buffer.from(`${dump}-- Dump completed\n`));
  if (!parser.end()) throw new Error('the dump ends within something');
  writer.finish();
  const members: HandMadeEntry[] = [];
  for (let next = writer.queue.next(); next !== null; next = writer.queue.next()) {
    if (!('piece' in next)) throw new Error('the rows are all here');
    const { path, part, table, rows, body } = next.piece;
    const parts: Uint8Array[] = [];
    // Asked once: each time opens the file anew.
    const { content } = body;
    // oxlint-disable-next-line no-await-in-loop -- in order
    for await (const each of content instanceof Uint8Array ? [content] : content) parts.push(each);
    body.dispose();
    members.push({
      path,
      part,
      ...(table === undefined ? {} : { table }),
      ...(rows === undefined ? {} : { rows }),
      content: Buffer.concat(parts),
    });
  }
  return members;
}

/** Stores members as a backup of its own and opens it. */
export async function storeMembers(
  driver: StorageDriver,
  name: string,
  members: readonly HandMadeEntry[],
): Promise<StoredBackup> {
  const { manifestKey } = await makeHandMadeBackup(driver, members, { name, frameBytes: 16 * 1024 });
  return openBackup(driver, { manifestKey });
}

export interface Given {
  pieceBytes?: number;
  limits?: DiffDatabaseLimits;
}

/** Compares two dumps. `folder`: for what does not fit in memory. */
export async function diffTexts(
  folder: string,
  before: string,
  after: string,
  given: Given = {},
): Promise<DatabaseDifference> {
  const { pieceBytes = 200, limits } = given;
  const driver = new MemoryStorageDriver();
  const old = await storeMembers(driver, 'before', await dumpMembers(folder, before, pieceBytes));
  const now = await storeMembers(driver, 'after', await dumpMembers(folder, after, pieceBytes));
  return diffDatabase(old, now, new AbortController().signal, limits);
}

/** Compares dumps of these tables. */
export async function diffTables(
  folder: string,
  before: DumpTable[],
  after: DumpTable[],
  given?: Given,
): Promise<TableDifference[]> {
  return (await diffTexts(folder, before.map(tableText).join(''), after.map(tableText).join(''), given)).tables;
}
