import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatementSplitter } from './splitter.js';

async function split(text: string, chunk = 1000, maxBytes = 1e6): Promise<string[]> {
  const bytes = Buffer.from(text);
  const splitter = new StatementSplitter({
    mode: { ansiQuotes: false, noBackslashEscapes: false },
    maxBytes,
    tooLong: (length) => new Error(`too long: ${length > maxBytes}`),
    refuse: (reason) => new Error(reason),
  });
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    for (const { sql } of splitter.push(bytes.subarray(at, at + chunk))) found.push(sql.toString().trim());
  }
  const last = splitter.end();
  if (last !== null) found.push(last.sql.toString().trim());
  return found;
}

const DUMP = `-- a comment; with 'quotes
# another; one
/* and; "this */ SET a = 1;
INSERT INTO \`t;\`\`x\` VALUES ('a;\\'b;''c', "d;\\"e", 1--1, 2-- ;
, 3 /* ; */, '\\\\');
DELIMITER ;;
/*!50003 CREATE TRIGGER x BEGIN SELECT ';'; -- it's; fine
END */;;
DELIMITER ;
;;
SELECT 1`;
const STATEMENTS = [
  'SET a = 1',
  "INSERT INTO `t;``x` VALUES ('a;\\'b;''c', \"d;\\\"e\", 1--1, 2-- ;\n, 3 /* ; */, '\\\\')",
  "/*!50003 CREATE TRIGGER x BEGIN SELECT ';'; -- it's; fine\nEND */",
  'SELECT 1',
];

describe('StatementSplitter', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('cuts like the clients do, in chunks of %i bytes', async (chunk) => {
    expect(await split(DUMP, chunk)).toEqual(STATEMENTS);
  });

  it('cuts rows of any text where the text says, whatever the chunks are', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', "'", '"', '`', '\\', ';', '-', '#', '/', '*', '\n', '😀', 'D'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (rows, chunk) => {
          const statements = rows.map(
            (row) => `INSERT INTO t VALUES ('${row.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`,
          );
          expect(await split(`${statements.join(';\n')};`, chunk)).toEqual(statements);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves a last DELIMITER line without a line end alone', async () => {
    expect(await split('DELIMITER //\nA;B//\nDELIMITER ;')).toEqual(['A;B']);
  });

  it('refuses what no dump has', async () => {
    await expect(split("SELECT 'a")).rejects.toThrow('never ends');
    await expect(split('DELIMITER \\!\n')).rejects.toThrow('DELIMITER');
    await expect(split(`DELIMITER ${'x'.repeat(100)}`)).rejects.toThrow('DELIMITER');
  });

  it('holds no more than the limit', async () => {
    await expect(split(`SELECT '${'x'.repeat(5000)}';`, 100, 1000)).rejects.toThrow('too long: true');
  });
});
