import { describe, expect, it } from 'vitest';
import { CreateTableStatement } from './create-table.js';
import { PLAIN_MODE } from './lexer.js';
import { comparableDefinition, parseObject, SAME_NAMES } from './object.js';
import { SetInterpreter } from './set.js';
import { unwrapComments } from './unwrap.js';

const MARIADB = { isMariaDb: true, number: 101_119 };
const MYSQL = { isMariaDb: false, number: 80_036 };

describe('unwrapComments', () => {
  it('leaves what the server would run, and nothing of what it would not', () => {
    const sql = "/*!50000 A */ /*!80000 B */ /*M!100000 C */ /*M!110000 D */ /*! E */ /* F '*/ 'G /*!50000 */'";
    expect(unwrapComments(sql, MARIADB).replaceAll(/ +/g, ' ').trim()).toBe("A C E /* F '*/ 'G /*!50000 */'");
    expect(unwrapComments(sql, MYSQL).replaceAll(/ +/g, ' ').trim()).toBe("A B E /* F '*/ 'G /*!50000 */'");
  });

  it("drops MariaDB's sandbox line wherever it is", () => {
    const sql = "/*!999999\\- enable the sandbox mode */ \n/*M!999999\\- don't */ SET a = 1";
    expect(unwrapComments(sql, MARIADB).trim()).toBe('SET a = 1');
    expect(unwrapComments(sql, MYSQL).trim()).toBe('SET a = 1');
  });

  it('knows comments and quotes within executable comments', () => {
    const sql = "/*!50003 BEGIN /* it's; */ SELECT '*/'; -- don't\nEND */ X";
    expect(unwrapComments(sql, MARIADB)).toBe(" BEGIN /* it's; */ SELECT '*/'; -- don't\nEND   X");
  });
});

const parse = (sql: string): CreateTableStatement => {
  const parsed = CreateTableStatement.parse(sql);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.statement;
};
const same = { engine: null, collation: (name: string) => name, charset: (name: string) => name };

describe('CreateTableStatement', () => {
  it('takes the foreign keys out and everything else as it is', () => {
    const statement = parse(
      "CREATE TABLE `a` (\n  `id` int DEFAULT 1 COMMENT 'FOREIGN KEY, (x)',\n  KEY `k` (`id`),\n  CONSTRAINT `f``1` FOREIGN KEY (`id`, `b`) REFERENCES `p` (`x`, `y`) ON DELETE SET NULL ON UPDATE NO ACTION,\n  FOREIGN KEY (`id`) REFERENCES `p` (`x`),\n  CONSTRAINT `c` CHECK (`id` > 0)\n) ENGINE=InnoDB",
    );
    expect(statement.create.foreignKeys).toEqual([
      {
        name: 'f`1',
        columns: '(`id`, `b`)',
        referencedTable: 'p',
        referencedColumns: '(`x`, `y`)',
        actions: 'ON DELETE SET NULL ON UPDATE NO ACTION',
      },
      { name: null, columns: '(`id`)', referencedTable: 'p', referencedColumns: '(`x`)', actions: '' },
    ]);
    expect(statement.rewrite({ name: 's`1', ...same })).toBe(
      "CREATE TABLE `s``1` (\n  `id` int DEFAULT 1 COMMENT 'FOREIGN KEY, (x)',\n  KEY `k` (`id`),\n  CONSTRAINT `c` CHECK (`id` > 0)\n) ENGINE=InnoDB",
    );
  });

  it('changes engine, collations and character sets outside of text only', () => {
    const statement = parse(
      "CREATE TABLE a (x varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin DEFAULT 'COLLATE utf8mb3_bin') ENGINE = Aria DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_bin COMMENT='ENGINE=Aria'",
    );
    expect(statement.create).toMatchObject({ engine: 'ARIA', collations: ['utf8mb3_bin'], charsets: ['utf8mb3'] });
    expect(statement.rewrite({ name: 'b', engine: 'InnoDB', collation: () => 'utf8_bin', charset: () => 'utf8' })).toBe(
      "CREATE TABLE `b` (x varchar(9) CHARACTER SET utf8 COLLATE utf8_bin DEFAULT 'COLLATE utf8mb3_bin') ENGINE = InnoDB DEFAULT CHARSET=utf8 COLLATE=utf8_bin COMMENT='ENGINE=Aria'",
    );
  });

  it('keeps partitions, but no folder of their own', () => {
    const statement = parse(
      "CREATE TABLE a (x int) ENGINE=InnoDB\n PARTITION BY RANGE (`x`)\n(PARTITION `p0` VALUES LESS THAN (10) DATA DIRECTORY = '/etc' ENGINE = InnoDB)",
    );
    expect(statement.create.dropped).toEqual(['DATA DIRECTORY']);
    expect(statement.rewrite({ name: 'a', ...same })).not.toContain('/etc');
  });
});

describe('parseObject', () => {
  it.each([
    ['DEFINER=`a``b`@`%`', 'a``b'],
    ["DEFINER='a'@'%'", 'a'],
    ['DEFINER = a@localhost', 'a'],
    ['DEFINER=CURRENT_USER()', 'CURRENT_USER'],
    ['DEFINER=`role`', 'role'],
  ])('takes %s out', (definer, shown) => {
    const parsed = parseObject(`CREATE ${definer} PROCEDURE \`p\`() SELECT 'DEFINER=x'`, SAME_NAMES, PLAIN_MODE);
    expect(parsed).toMatchObject({
      ok: true,
      object: {
        kind: 'procedure',
        name: 'p',
        definer: expect.stringContaining(shown),
        sql: "CREATE  PROCEDURE `p`() SELECT 'DEFINER=x'",
      },
    });
  });

  it('replaces names of tables and of the database as whole identifiers only', () => {
    const names = { tables: new Map([['wp_a', 'x_a']]), database: { from: 'old', to: 'new' } };
    const parsed = parseObject(
      "CREATE VIEW `wp_v` AS SELECT `old`.`wp_a`.`id`, 'wp_a', `wp_ab`.`old` FROM `old`.`wp_a` JOIN wp_a /* wp_a */",
      names,
      PLAIN_MODE,
    );
    expect(parsed).toMatchObject({
      object: {
        sql: "CREATE VIEW `wp_v` AS SELECT `new`.`x_a`.`id`, 'wp_a', `wp_ab`.`old` FROM `new`.`x_a` JOIN `x_a` /* wp_a */",
      },
    });
  });

  it('compares definitions without definer and blanks', () => {
    const one = comparableDefinition("CREATE DEFINER=`a`@`b` PROCEDURE `p`()\nSELECT  'x  y'", PLAIN_MODE);
    expect(one).toBe(comparableDefinition("CREATE  PROCEDURE `p`() SELECT 'x  y'", PLAIN_MODE));
    expect(one).not.toBe(comparableDefinition("CREATE  PROCEDURE `p`() SELECT 'x y'", PLAIN_MODE));
  });
});

describe('SetInterpreter', () => {
  it('follows saved values and refuses what is not of the session', () => {
    const set = new SetInterpreter();
    for (const sql of [
      'SET @saved = @@character_set_client',
      'SET character_set_client = latin1',
      "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES', TIME_ZONE='+02:00'",
      'SET @@session.collation_connection = utf8mb4_bin',
      'SET NAMES utf8mb4 COLLATE utf8mb4_bin',
      'SET character_set_client = @saved',
      'SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0',
    ]) {
      expect(set.take(sql)).toEqual({ ok: true });
    }
    expect(set.context).toEqual({
      sqlMode: 'ANSI_QUOTES,STRICT_ALL_TABLES',
      timeZone: '+02:00',
      collationConnection: 'utf8mb4_bin',
      characterSetClient: null,
    });
    for (const sql of [
      'SET GLOBAL sql_mode = 0',
      'SET @@global.sql_mode = 0',
      'SET PERSIST x = 1',
      'SET PASSWORD = 1',
      'SET ROLE x',
      'SET @a = (SELECT 1)',
      'SET @a = f()',
      "SET sql_mode = 'a' 'b'",
      "SET time_zone = '\\''",
      'SET secure_file_priv = 0',
      'SET STATEMENT sql_mode = 0 FOR DROP DATABASE x',
    ]) {
      expect(set.take(sql)).toMatchObject({ ok: false });
    }
  });
});
