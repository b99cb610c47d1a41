import { describe, expect, it } from 'vitest';
import { useTempFolder } from '../../../engine/testing/index.js';
import { DumpParser } from './dump-parser.js';
import { DumpWriter } from './dump-writer.js';
import { MemberNames, safeName } from './member-names.js';

const folder = useTempFolder('writer');
/** Cuts in sight: no row is small enough to share a piece with two others. */
const PIECES = { target: 1 << 30, min: 0, max: 75 };

function write(dump: string, takes: (name: string) => boolean = () => true) {
  const options = { workDir: folder(), database: 'site', objects: 50, takes, pieces: PIECES, history: false };
  const writer = new DumpWriter(options);
  const parser = new DumpParser(writer);
  parser.push(Buffer.from(dump));
  expect(parser.end()).toBe(true);
  const { sawEnd } = writer;
  writer.finish();
  const pieces: { path: string; part: string; rows: number | undefined; text: string }[] = [];
  for (let next = writer.queue.next(); next !== null; next = writer.queue.next()) {
    if (!('piece' in next)) throw new Error('the rows are all here');
    const { path, part, rows, body } = next.piece;
    if (!Buffer.isBuffer(body.content)) throw new Error('spilled');
    pieces.push({ path: path.replace('database/', ''), part, rows, text: body.content.toString() });
  }
  return { writer, sawEnd, pieces };
}

/** As MySQL 8's mysqldump writes it. */
const MYSQL = `-- MySQL dump 10.13  Distrib 8.0.36
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
DROP TABLE IF EXISTS \`a\`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`a\` (
  \`id\` int NOT NULL
) ENGINE=MyISAM;
/*!40101 SET character_set_client = @saved_cs_client */;
LOCK TABLES \`a\` WRITE;
/*!40000 ALTER TABLE \`a\` DISABLE KEYS */;
INSERT INTO \`a\` VALUES (1,'aaaaaaaaaaaaaaaaaaaaaaa'),(2,'bbbbbbbbbbbbbbbbbbbbbbbbbb'),(3,_binary 'c\\')');
/*!40000 ALTER TABLE \`a\` ENABLE KEYS */;
UNLOCK TABLES;
SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
COMMIT;
ALTER DATABASE \`site\` CHARACTER SET latin1 COLLATE latin1_bin ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`o'dd\`@\`%\`*/ /*!50003 TRIGGER \`tr\` BEFORE INSERT ON \`a\` FOR EACH ROW SET @x = 1 */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
ALTER DATABASE \`site\` CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci ;
DROP TABLE IF EXISTS \`other\`;
CREATE TABLE \`other\` (\`id\` int);
INSERT INTO \`other\` VALUES (1);
SET @saved_cs_client     = @@character_set_client;
/*!50001 DROP VIEW IF EXISTS \`v\`*/;
DROP TABLE IF EXISTS \`v\`;
/*!50001 CREATE VIEW \`v\` AS SELECT 
 1 AS \`id\`*/;
SET character_set_client = @saved_cs_client;
/*!50106 SET @save_time_zone= @@TIME_ZONE */ ;
/*!50106 DROP EVENT IF EXISTS \`e\` */;
DELIMITER ;;
/*!50003 SET time_zone             = 'SYSTEM' */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`a\`@\`b\`*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;;
/*!50003 SET time_zone             = @saved_time_zone */ ;;
DELIMITER ;
/*!50106 SET TIME_ZONE= @save_time_zone */ ;
/*!50003 DROP FUNCTION IF EXISTS \`f\` */;
DELIMITER ;;
CREATE DEFINER=\`a\`@\`b\` FUNCTION \`f\`() RETURNS int RETURN 1 ;;
DELIMITER ;
/*!50001 DROP VIEW IF EXISTS \`v\`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`a\`@\`b\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select f() */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
-- Dump completed
`;

const counting = (counter: number): string =>
  `DROP TABLE IF EXISTS \`a\`;\nCREATE TABLE \`a\` (\n  \`id\` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (\`id\`)\n) ENGINE=InnoDB AUTO_INCREMENT=${counter} DEFAULT CHARSET=utf8mb4;\nINSERT INTO \`a\` VALUES (1);\n`;

const view = (name: string, of: string): string =>
  `/*!50001 DROP VIEW IF EXISTS \`${name}\`*/;\n/*!50001 CREATE VIEW \`${name}\` AS select * from \`${of}\` */;\n`;

describe('DumpWriter', () => {
  it("sorts mysqldump's output into members that load in their order", () => {
    const { pieces, sawEnd, writer } = write(MYSQL, (name) => name !== 'other');
    expect(sawEnd).toBe(true);
    expect(pieces.map(({ path, part, rows }) => [path, part, rows])).toEqual([
      ['0000-preamble.sql', 'preamble', undefined],
      ['0001-a.00000000.sql', 'schema', undefined],
      ['0001-a.00000001.sql', 'data', 2],
      ['0001-a.00000002.sql', 'data', 1],
      ['0001-a.00000003.sql', 'data', 0],
      ['0001-a.00000004.sql', 'triggers', undefined],
      ['0002-routines.00000000.sql', 'routines', undefined],
      ['0003-views.00000000.sql', 'view', undefined],
      ['0004-v.00000000.sql', 'view', undefined],
      ['0005-events.00000000.sql', 'events', undefined],
      ['9999-epilogue.sql', 'epilogue', undefined],
    ]);
    expect([...writer.tables.values()]).toMatchObject([{ name: 'a', rows: 3 }]);
    expect([...writer.leftOut]).toEqual(['table other']);
    const all = pieces.map((piece) => piece.text).join('');
    expect(all).not.toMatch(/LOCK TABLES|AUTOCOMMIT|COMMIT;|save_time_zone|`site`|other|Distrib/);
    expect(all.match(/ALTER DATABASE CHARACTER SET/g)).toHaveLength(2);
  });

  it('makes each piece stand alone', () => {
    const { pieces } = write(MYSQL);
    const text = (path: string): string => pieces.find((piece) => piece.path === path)?.text ?? '';
    expect(text('0000-preamble.sql')).toMatch(/SET NAMES utf8mb4 \*\/;\n.*UNIQUE_CHECKS=0/);
    expect(text('0001-a.00000000.sql')).toMatch(
      /^DROP TABLE[\s\S]*@saved_cs_client \*\/;\n.*`a` DISABLE KEYS \*\/;\n$/,
    );
    expect(text('0001-a.00000001.sql')).toMatch(/^INSERT INTO `a` VALUES\n\(1,'a+'\),\n\(2,'b+'\);\n$/);
    expect(text('0001-a.00000002.sql')).toBe("INSERT INTO `a` VALUES\n(3,_binary 'c\\')');\n");
    for (const { text: sql } of pieces) {
      expect(sql.match(/^DELIMITER ;;$/gm)?.length).toBe(sql.match(/^DELIMITER ;$/gm)?.length);
    }
    expect(text('9999-epilogue.sql')).toMatch(/=@OLD_UNIQUE_CHECKS \*\/;\n$/);
  });

  it('puts views after the views they name', () => {
    const { pieces } = write(`${view('a', 'b')}${view('b', 'c')}${view('c', 't')}`);
    expect(pieces.map((piece) => piece.path).slice(1, -1)).toEqual([
      '0001-c.00000000.sql',
      '0002-b.00000000.sql',
      '0003-a.00000000.sql',
    ]);
  });

  it('keeps what only counts out of all other pieces', () => {
    const [before, after] = [write(counting(5)).pieces, write(counting(6)).pieces];
    expect(before.map(({ part }) => part)).toEqual(['preamble', 'schema', 'data', 'counters', 'epilogue']);
    expect(before.find(({ part }) => part === 'schema')?.text).toContain(') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;');
    expect(before.find(({ part }) => part === 'counters')?.text).toBe('ALTER TABLE `a` AUTO_INCREMENT=5;\n');
    const withoutCounters = (pieces: typeof before) => pieces.filter(({ part }) => part !== 'counters');
    expect(withoutCounters(after)).toEqual(withoutCounters(before));
  });

  it('refuses rows of a table that was not announced', () => {
    expect(() => write('INSERT INTO `ghost` VALUES (1);\n')).toThrow(/ghost/);
  });
});

describe('member names', () => {
  it('are safe and keep long names apart', () => {
    expect(safeName('wp_posts')).toBe('wp_posts');
    expect(safeName("../a b'\n`é")).toBe('%2E%2E%2Fa%20b%27%0A%60%C3%A9');
    const long = safeName('ü'.repeat(60));
    expect(long).toMatch(/^(%C3%BC){16}(%C3)?-[0-9a-f]{8}$/);
    expect(safeName(`${'ü'.repeat(59)}u`)).not.toBe(long);
  });

  it('keep their order with more than 9,998 objects', () => {
    const names = new MemberNames(12_000);
    const stems = Array.from({ length: 12_000 }, () => names.piece(names.next('t'), 0));
    const all = [names.preamble(), ...stems, names.epilogue()];
    expect(all).toEqual(all.toSorted());
    expect(all[0]).toBe('database/00000-preamble.sql');
  });
});
