import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFacts } from '../../support/database-facts.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { makeScratch } from '../../support/scratch.js';
import { credentialsOf, handmade, litter, membersOf, restoreTo } from './fixture.js';

let server: MariaDbServer;
let account: MariaDbAccount;
const scratch = makeScratch('db-hostile');
const proof = join(scratch.path, 'proof');
const TABLE = 'CREATE TABLE `wp_t` (`a` int, `b` text) ENGINE=InnoDB;\n';

beforeAll(async () => {
  server = await MariaDbServer.start();
  account = await server.createDatabase('site');
  await server.query('CREATE DATABASE other; CREATE TABLE other.t (a int); INSERT INTO other.t VALUES (1)');
  // The worst case: an account that may do everything, so only our own checks protect the others.
  await server.query("GRANT ALL ON *.* TO 'site'@'localhost' WITH GRANT OPTION");
  await server.query("CREATE TABLE wp_t (a int, b text); INSERT INTO wp_t VALUES (1, 'live')", 'site');
});
afterAll(async () => {
  await server.stop();
  scratch.remove();
});

/** What a tenant might put into a dump, by the piece it is in. */
const REFUSED: [
  name: string,
  part: 'preamble' | 'schema' | 'data' | 'triggers' | 'counters' | 'routines' | 'view',
  sql: string,
][] = [
  ['USE', 'data', 'USE other;'],
  ['DROP DATABASE', 'schema', 'DROP DATABASE other;'],
  ['DROP DATABASE IF EXISTS', 'schema', 'DROP DATABASE IF EXISTS other;'],
  ['DROP DATABASE in a comment that runs', 'schema', '/*!50000 DROP DATABASE other */;'],
  ['DROP DATABASE in a comment for MariaDB', 'preamble', '/*M!100000 DROP DATABASE other */;'],
  ['INSERT into another database', 'data', 'INSERT INTO other.t VALUES (2);'],
  ['INSERT into another database, quoted', 'data', 'INSERT INTO `other`.`t` VALUES (2);'],
  ['INSERT into another table', 'data', 'INSERT INTO `wp_users` VALUES (2);'],
  ['INSERT … SELECT', 'data', 'INSERT INTO `wp_t` SELECT * FROM other.t;'],
  ['INSERT with a subquery', 'data', 'INSERT INTO `wp_t` VALUES (1, (SELECT a FROM other.t));'],
  ['INSERT with a function', 'data', "INSERT INTO `wp_t` VALUES (1, LOAD_FILE('/etc/passwd'));"],
  [
    'INSERT with a subquery hidden behind a comment',
    'data',
    "INSERT INTO `wp_t` VALUES (1,-- '\n(SELECT a FROM other.t)) -- ');",
  ],
  ['INSERT with a comment that runs', 'data', 'INSERT INTO `wp_t` VALUES (1, /*!50000 (SELECT a FROM other.t) */);'],
  [
    'INSERT … ON DUPLICATE KEY',
    'data',
    "INSERT INTO `wp_t` VALUES (1, 'a') ON DUPLICATE KEY UPDATE b = (SELECT a FROM other.t);",
  ],
  ['INSERT … RETURNING', 'data', "INSERT INTO `wp_t` VALUES (1, 'a') RETURNING (SELECT a FROM other.t);"],
  ['rows among the tables', 'schema', `${TABLE}INSERT INTO \`wp_t\` VALUES (1, 'a');`],
  ['ALTER TABLE among the counters', 'counters', 'ALTER TABLE `wp_t` DROP COLUMN `b`;'],
  ['a counter with more behind it', 'counters', 'ALTER TABLE `wp_t` AUTO_INCREMENT=5, DROP COLUMN `b`;'],
  ['a counter of a table it did not make', 'counters', 'ALTER TABLE `wp_users` AUTO_INCREMENT=5;'],
  ['a counter of another database', 'counters', 'ALTER TABLE `other`.`t` AUTO_INCREMENT=5;'],
  ['a counter among the tables', 'schema', `${TABLE}ALTER TABLE \`wp_t\` AUTO_INCREMENT=5;`],
  ['SET GLOBAL', 'preamble', 'SET GLOBAL general_log = 1;'],
  ['SET @@GLOBAL', 'preamble', 'SET @@GLOBAL.general_log = 1;'],
  ['SET PASSWORD', 'preamble', "SET PASSWORD = 'x';"],
  ['SET to a subquery', 'preamble', 'SET @x = (SELECT a FROM other.t);'],
  ['SET to a function', 'preamble', 'SET @x = SLEEP(100);'],
  ['GRANT', 'preamble', "GRANT ALL ON *.* TO 'evil'@'%' IDENTIFIED BY 'x';"],
  ['CREATE USER', 'schema', "CREATE USER evil IDENTIFIED BY 'x';"],
  ['CREATE DATABASE', 'schema', 'CREATE DATABASE evil;'],
  ['a table in another database', 'schema', 'CREATE TABLE other.evil (a int);'],
  ['CREATE TABLE … SELECT', 'schema', 'CREATE TABLE `wp_x` (a int) SELECT a FROM other.t;'],
  ['CREATE TABLE … AS', 'schema', 'CREATE TABLE `wp_x` AS SELECT a FROM other.t;'],
  ['CREATE TABLE … LIKE', 'schema', 'CREATE TABLE `wp_x` LIKE other.t;'],
  ['CREATE TABLE behind OR REPLACE', 'schema', 'CREATE OR REPLACE TABLE other.t (a int);'],
  [
    'a trigger on another database',
    'triggers',
    'CREATE TRIGGER evil BEFORE INSERT ON other.t FOR EACH ROW SET NEW.a = 0;',
  ],
  [
    'a trigger in another database',
    'triggers',
    'CREATE TRIGGER other.evil BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 0;',
  ],
  ['a view in another database', 'view', 'CREATE VIEW other.v AS SELECT 1;'],
  ['a library function', 'routines', "CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so';"],
  ['INSTALL PLUGIN', 'routines', "INSTALL PLUGIN x SONAME 'x.so';"],
  ['a routine among the tables', 'schema', 'CREATE PROCEDURE p() SELECT 1;'],
  ['LOAD DATA LOCAL INFILE', 'data', "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE wp_t;"],
  ['LOAD DATA INFILE', 'data', "LOAD DATA INFILE '/etc/passwd' INTO TABLE wp_t;"],
  ['SELECT INTO OUTFILE', 'data', `SELECT 'x' INTO OUTFILE '${proof}';`],
  ['CALL', 'data', 'CALL mysql.x();'],
  ['a prepared statement', 'data', "PREPARE x FROM 'DROP DATABASE other';"],
  ['ALTER TABLE', 'data', 'ALTER TABLE `wp_t` DISABLE KEYS, RENAME TO other.x;'],
  ['shell escape', 'data', `\\! touch ${proof}\n;`],
  ['shell escape at the top', 'preamble', `\\! touch ${proof}\n;SET NAMES utf8mb4;`],
  ['system', 'schema', `system touch ${proof}\n;`],
  ['source', 'schema', 'source /etc/passwd\n;'],
  ['backslash dot', 'schema', '\\. /etc/passwd\n;'],
  ['tee', 'schema', `tee ${proof}\n;`],
  ['pager', 'schema', `pager touch ${proof}\n;`],
  ['delimiter trick', 'schema', `delimiter \\! touch ${proof}\n`],
  ['text that never ends', 'data', "INSERT INTO `wp_t` VALUES (1, 'a"],
];

describe('a hostile dump', () => {
  it.each(REFUSED)('is refused: %s', async (_name, part, sql) => {
    const before = await databaseFacts(server, 'site');
    const backup = handmade([
      { part: 'schema', sql: TABLE, table: 'wp_t' },
      { part, sql, path: 'database/0007-evil.sql', ...(part === 'data' ? { table: 'wp_t' } : {}) },
    ]);
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    const error: unknown = await restore.load(backup.info, membersOf(backup, 13)).then(
      () => null,
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({ code: 'DUMP_STATEMENT_REFUSED', context: { piece: 'database/0007-evil.sql' } });
    await restore.rollBack();
    expect(existsSync(proof)).toBe(false);
    expect(await litter(server)).toEqual([]);
    expect(await databaseFacts(server, 'site')).toEqual(before);
    expect(await server.query('SELECT a FROM other.t')).toEqual([{ a: 1 }]);
    expect(await server.query("SELECT 1 FROM mysql.user WHERE User = 'evil'")).toEqual([]);
  });

  it('may hold all of it as plain data', async () => {
    const nasty = REFUSED.map(([, , sql]) => sql).join('\n');
    const quoted = nasty.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
    const backup = handmade([
      {
        part: 'preamble',
        sql: "/*!999999\\- enable the sandbox mode */ \n-- it's a comment; with \\! touch\nSET NAMES utf8mb4;",
      },
      { part: 'schema', sql: `/*M!999999\\- enable the sandbox mode */\n${TABLE}`, table: 'wp_t' },
      { part: 'data', sql: `INSERT INTO \`wp_t\` VALUES (1,'${quoted}');\n`, table: 'wp_t' },
    ]);
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup, 11));
    await restore.activate();
    await restore.commit();
    expect(await server.query('SELECT b FROM wp_t', 'site')).toEqual([{ b: nasty }]);
    expect(existsSync(proof)).toBe(false);
  });

  it('cannot reach outside through table options', async () => {
    const backup = handmade([
      {
        part: 'schema',
        sql: `CREATE TABLE \`wp_t\` (\`a\` int) ENGINE=MyISAM DATA DIRECTORY='${scratch.path}' INDEX DIRECTORY='${scratch.path}' COMMENT='DATA DIRECTORY';
CREATE TABLE \`wp_u\` (\`a\` int) ENGINE=FEDERATED CONNECTION='mysql://u:p@127.0.0.1/x/y';
CREATE TABLE \`wp_m\` (\`a\` int) ENGINE=MRG_MyISAM UNION=(\`other\`.\`t\`);`,
      },
    ]);
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup));
    await restore.activate();
    await restore.commit();
    const facts = await databaseFacts(server, 'site');
    expect(facts.tables['wp_t']?.definition).toContain("COMMENT='DATA DIRECTORY'");
    expect(JSON.stringify(facts.tables)).not.toMatch(/DATA DIRECTORY='\/|CONNECTION|UNION|FEDERATED/);
    expect(new Set(journal.codes)).toEqual(new Set(['TABLE_OPTION_DROPPED', 'ENGINE_REPLACED']));
  });
});
