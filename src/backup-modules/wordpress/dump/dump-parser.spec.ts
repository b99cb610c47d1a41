import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteString } from '../mysql/index.js';
import { DumpParser } from './dump-parser.js';

/** What a parser saw, rows put together again. */
function parse(dump: Buffer, sizes: readonly number[]): { seen: string[]; whole: boolean } {
  const seen: string[] = [];
  let row = '';
  const parser = new DumpParser({
    comment: (text) => seen.push(`comment ${text.toString('latin1')}`),
    statement: (text, delimiter) => seen.push(`${delimiter} ${text.toString('latin1')}`),
    beginInsert: (header) => seen.push(`insert ${header.toString('latin1')}`),
    row: (part, last) => {
      row += part.toString('latin1');
      if (last) seen.push(`row ${row}`);
      if (last) row = '';
    },
    rows: (data, start, ends) => {
      let from = start;
      for (const end of ends) {
        seen.push(`row ${data.toString('latin1', from, end)}`);
        if (end !== ends.at(-1) && data.toString('latin1', end, end + 2) !== ',\n') seen.push('no separator');
        from = end + 2;
      }
    },
    endInsert: () => seen.push('end'),
  });
  let at = 0;
  for (let i = 0; at < dump.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    // A copy whose bytes are overwritten: the parser may keep nothing of a chunk.
    const chunk = Buffer.from(dump.subarray(at, at + size));
    parser.push(chunk);
    chunk.fill(0x3f);
    at += size;
  }
  return { seen, whole: parser.end() };
}

const MARIADB = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19
--

/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS \`a;\`\`b\`;
CREATE TABLE \`a;\`\`b\` (
  \`x\` text DEFAULT 'semi;colon' COMMENT "quo;te -- '" -- no end; here
) ENGINE=InnoDB /* plain ; comment 'x */;
INSERT INTO \`a;\`\`b\` VALUES
(1,'it\\'s);\\n(2,'),
(2,NULL);
INSERT INTO \`t VALUES (1)\` (\`c\`, \`V\`) VALUES (1,'),('),(2,'\\\\'),
(3,');');
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = ';; */'; /* it's ;; */ # don't ;;
 -- nor ;; this's
END */;;
DELIMITER ;
/*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */ ;
DELIMITER ;;
CREATE PROCEDURE p() SELECT '\\', ';;'
;;
DELIMITER ;
/*!50003 SET sql_mode = @saved_sql_mode */ ;
-- Dump completed
`;

describe('DumpParser', () => {
  it('tells statements, comments and rows apart', () => {
    const { seen, whole } = parse(Buffer.from(MARIADB), [1 << 20]);
    expect(whole).toBe(true);
    expect(seen).toEqual([
      String.raw`comment /*M!999999\- enable the sandbox mode */`,
      'comment -- MariaDB dump 10.19',
      'comment --',
      '; /*!40101 SET NAMES utf8mb4 */',
      '; DROP TABLE IF EXISTS `a;``b`',
      expect.stringMatching(/^; CREATE TABLE [\s\S]* 'x \*\/$/),
      'insert INSERT INTO `a;``b` VALUES',
      String.raw`row (1,'it\'s);\n(2,')`,
      'row (2,NULL)',
      'end',
      'insert INSERT INTO `t VALUES (1)` (`c`, `V`) VALUES',
      "row (1,'),(')",
      String.raw`row (2,'\\')`,
      "row (3,');')",
      'end',
      expect.stringMatching(/^;; \/\*!50003 CREATE[\s\S]*END \*\/$/),
      "; /*!50003 SET sql_mode = 'NO_BACKSLASH_ESCAPES' */ ",
      String.raw`;; CREATE PROCEDURE p() SELECT '\', ';;'` + '\n',
      '; /*!50003 SET sql_mode = @saved_sql_mode */ ',
      'comment -- Dump completed',
    ]);
  });

  it('sees the same in chunks of any size', () => {
    const dump = Buffer.from(MARIADB);
    const { seen } = parse(dump, [dump.length]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        expect(parse(dump, sizes)).toEqual({ seen, whole: true });
      }),
      { numRuns: 300 },
    );
  });

  it('notices at every byte that the output stops short', () => {
    const dump = Buffer.from(MARIADB);
    const full = parse(dump, [64]).seen;
    const body = dump.lastIndexOf('-- Dump completed');
    for (let length = 1; length < body; length += 1) {
      const { seen, whole } = parse(dump.subarray(0, length), [64]);
      // Between two statements it looks whole; the end mark is what is missing then.
      expect(whole && seen.length >= full.length).toBe(false);
      expect(seen.at(-1)).not.toBe('comment -- Dump completed');
    }
  });

  it('gives back any row that is escaped as the dump programs do, in both of their forms', () => {
    const value = fc.uint8Array({ maxLength: 12 }).map((bytes) => quoteString(Buffer.from(bytes).toString('latin1')));
    const row = fc
      .array(fc.oneof(value, fc.integer().map(String), fc.constant('NULL'), fc.constant('0xFF27')), {
        minLength: 1,
        maxLength: 4,
      })
      .map((values) => `(${values.join(',')})`);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        (rows, lines, size) => {
          const dump = lines
            ? `INSERT INTO \`t\` VALUES\n${rows.join(',\n')};\n`
            : `INSERT INTO \`t\` VALUES ${rows.join(',')};\n`;
          const { seen, whole } = parse(Buffer.from(dump), [size]);
          expect(whole).toBe(true);
          expect(seen.slice(1, -1)).toEqual(rows.map((text) => `row ${Buffer.from(text).toString('latin1')}`));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses what it does not know', () => {
    expect(() => parse(Buffer.from('INSERT INTO `t` (a) VIA x;\n'), [99])).toThrow(/without VALUES/);
    expect(() => parse(Buffer.from('INSERT INTO `t` VALUES x;\n'), [99])).toThrow(/something else than a row/);
    expect(() => parse(Buffer.from("INSERT INTO `t` VALUES\n(1,'a\nb');\n"), [99])).toThrow(/line end/);
  });
});
