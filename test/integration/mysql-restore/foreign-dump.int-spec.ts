import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFacts } from '../../support/database-facts.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { makeScratch } from '../../support/scratch.js';
import { backUp, credentialsOf, entriesOf, filesBelow, handmade, litter, membersOf, restoreTo } from './fixture.js';

let server: MariaDbServer;
const scratch = makeScratch('db-foreign');

beforeAll(async () => {
  server = await MariaDbServer.start({
    tcp: true,
    args: ['--sql-mode=STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'],
  });
});
afterAll(async () => {
  await server.stop();
  scratch.remove();
});

async function asSite(account: MariaDbAccount, sql: string): Promise<void> {
  const connection = await server.connect(account);
  await connection.query(sql);
  await connection.end();
}

const wordPress = (prefix: string): string =>
  `CREATE TABLE ${prefix}options (a int); CREATE TABLE ${prefix}posts (a int); INSERT INTO ${prefix}posts VALUES (1);`;

const MYSQL8 = handmade(
  [
    {
      part: 'preamble',
      sql: `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;`,
    },
    {
      part: 'schema',
      table: 'wp_posts',
      sql: `DROP TABLE IF EXISTS \`wp_posts\`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE \`wp_posts\` (
  \`ID\` bigint unsigned NOT NULL AUTO_INCREMENT,
  \`post_date\` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  \`name\` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs NOT NULL DEFAULT 'utf8mb4_0900_ai_ci',
  \`hidden\` int /*!80023 INVISIBLE */,
  \`twice\` int GENERATED ALWAYS AS ((\`hidden\` * 2)) STORED,
  PRIMARY KEY (\`ID\`),
  UNIQUE KEY \`name\` (\`name\`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='COLLATE utf8mb4_0900_ai_ci';
/*!40101 SET character_set_client = @saved_cs_client */;`,
    },
    {
      part: 'data',
      table: 'wp_posts',
      sql: `LOCK TABLES \`wp_posts\` WRITE;
/*!40000 ALTER TABLE \`wp_posts\` DISABLE KEYS */;
INSERT INTO \`wp_posts\` (\`ID\`, \`post_date\`, \`name\`, \`hidden\`) VALUES (0,'0000-00-00 00:00:00','utf8mb4_0900_ai_ci',NULL),(2,'2024-00-31 00:00:00',_utf8mb4'A',-1.5e-3);
/*!40000 ALTER TABLE \`wp_posts\` ENABLE KEYS */;
UNLOCK TABLES;`,
    },
    {
      part: 'triggers',
      table: 'wp_posts',
      sql: `/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET collation_connection  = utf8mb4_0900_ai_ci */ ;
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES,NO_AUTO_CREATE_USER,TIME_TRUNCATE_FRACTIONAL,NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`gone\`@\`10.0.0.%\`*/ /*!50003 TRIGGER \`wp_tr\` BEFORE INSERT ON \`wp_posts\` FOR EACH ROW BEGIN
  -- it's a comment; with a quote
  IF NEW.name = ';;' THEN SET NEW.name = '*/'; END IF; /* and another */
END */;;
DELIMITER ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;`,
    },
    {
      part: 'routines',
      sql: `/*!50003 SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES' */ ;
DELIMITER ;;
CREATE DEFINER="gone"@"%" FUNCTION "wp_fn"() RETURNS varchar(20) CHARSET utf8mb4
    DETERMINISTIC
RETURN '\\' ;;
DELIMITER ;`,
    },
    {
      part: 'view',
      path: 'database/0005-views.000000.sql',
      sql: `/*!50001 DROP VIEW IF EXISTS \`wp_v1\`*/;
SET @saved_cs_client     = @@character_set_client;
/*!50503 SET character_set_client = utf8mb4 */;
/*!50001 CREATE VIEW \`wp_v1\` AS SELECT 
 1 AS \`ID\`*/;
SET character_set_client = @saved_cs_client;`,
    },
    {
      part: 'view',
      table: 'wp_v1',
      sql: `/*!50001 DROP VIEW IF EXISTS \`wp_v1\`*/;
/*!50001 SET @saved_cs_client          = @@character_set_client */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`gone\`@\`%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`wp_v1\` AS select \`wp_posts\`.\`ID\` AS \`ID\` from \`wp_posts\` */;`,
    },
    {
      part: 'events',
      sql: `/*!50106 SET @save_time_zone= @@TIME_ZONE */ ;
DELIMITER ;;
/*!50106 SET time_zone= '+02:00' */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`gone\`@\`%\`*/ /*!50106 EVENT \`wp_ev\` ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION NOT PRESERVE DISABLE DO DELETE FROM wp_posts */ ;;
DELIMITER ;
/*!50106 SET TIME_ZONE= @save_time_zone */ ;`,
    },
    { part: 'epilogue', sql: '/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;' },
  ],
  { engine: 'mysql', version: '8.0.36' },
);

describe('a dump of another server', () => {
  it('of MySQL 8 goes into a strict MariaDB: collations mapped in the DDL only, definers replaced', async () => {
    const account = await server.createDatabase('from_mysql');
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(account));
    const preview = await restore.preview(MYSQL8.info, entriesOf(MYSQL8));
    expect(preview.warnings).toHaveLength(1);
    await restore.load(MYSQL8.info, membersOf(MYSQL8, 17));
    await restore.activate();
    await restore.commit();

    const facts = await databaseFacts(server, 'from_mysql');
    const { definition, rows } = facts.tables['wp_posts'] ?? { definition: '', rows: [] };
    expect(definition).toContain("COMMENT='COLLATE utf8mb4_0900_ai_ci'");
    expect(definition).toMatch(/COLLATE=utf8mb4_uca1400_nopad_ai_ci/);
    expect(definition).toMatch(/`name` varchar\(100\).* COLLATE utf8mb4_uca1400_nopad_as_cs/);
    expect(definition).toContain("DEFAULT 'utf8mb4_0900_ai_ci'");
    expect(rows).toEqual([
      {
        ID: expect.anything(),
        post_date: '0000-00-00 00:00:00',
        name: 'utf8mb4_0900_ai_ci',
        hidden: null,
        twice: null,
      },
      { ID: expect.anything(), post_date: '2024-00-31 00:00:00', name: 'A', hidden: 0, twice: 0 },
    ]);
    expect(Object.keys(facts.others).toSorted()).toEqual([
      'event wp_ev',
      'function wp_fn',
      'trigger wp_tr',
      'view wp_v1',
    ]);
    expect(facts.others['trigger wp_tr']).toContain("SET NEW.name = '*/'");
    expect(facts.others['trigger wp_tr']).toContain("it's a comment; with a quote");
    expect(facts.others['view wp_v1']).toContain('DEFINER=`from_mysql`@`localhost`');
    const connection = await server.connect(account);
    const [result] = await connection.query('SELECT wp_fn() AS x');
    expect(result).toEqual([{ x: '\\' }]);
    await connection.end();
    const definers = await server.query(
      "SELECT DISTINCT DEFINER AS d FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'from_mysql' UNION SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'from_mysql'",
    );
    expect(definers).toEqual([{ d: 'from_mysql@localhost' }]);
    const events = await server.query(
      "SELECT TIME_ZONE AS z, STARTS AS s FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'from_mysql'",
    );
    expect(events).toEqual([{ z: '+02:00', s: '2030-01-01 00:00:00' }]);
    expect(journal.warnings.map(({ code, context }) => [code, context?.['collation']])).toEqual([
      ['COLLATION_MAPPED', 'utf8mb4_0900_as_cs'],
      ['COLLATION_MAPPED', 'utf8mb4_0900_ai_ci'],
    ]);
    expect(journal.notes.join('\n')).toContain('gone@10.0.0.%');
  });

  it('keeps the restore when the account may not create triggers, and says so', async () => {
    const account = await server.createDatabase('limited');
    await server.query("REVOKE TRIGGER, EVENT, CREATE ROUTINE, CREATE VIEW ON `limited`.* FROM 'limited'@'localhost'");
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(MYSQL8.info, membersOf(MYSQL8));
    await restore.activate();
    await restore.commit();
    const left = journal.warnings.filter((warning) => warning.code === 'DATABASE_OBJECT_LEFT_OUT');
    expect(left.map((warning) => String(warning.context?.['name'])).toSorted()).toEqual([
      'wp_ev',
      'wp_fn',
      'wp_tr',
      'wp_v1',
    ]);
    expect(Object.keys((await databaseFacts(server, 'limited')).tables)).toEqual(['wp_posts']);
    expect(await litter(server)).toEqual([]);
  });

  it('whose keys collide under the mapped collation fails before anything live is touched', async () => {
    const account = await server.createDatabase('collide');
    await asSite(account, 'CREATE TABLE wp_k (k varchar(20) PRIMARY KEY) DEFAULT CHARSET=utf8mb4');
    const before = await databaseFacts(server, 'collide');
    const backup = handmade([
      {
        part: 'schema',
        table: 'wp_k',
        sql: 'CREATE TABLE `wp_k` (`k` varchar(20) NOT NULL, PRIMARY KEY (`k`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_nonsense_ci;',
      },
      { part: 'data', table: 'wp_k', sql: "INSERT INTO `wp_k` VALUES ('a'),('A');" },
    ]);
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    await expect(restore.load(backup.info, membersOf(backup))).rejects.toMatchObject({
      code: 'DUMP_LOAD_FAILED',
      context: { errno: 1062, piece: 'database/0001-data.sql' },
    });
    await restore.rollBack();
    expect(await databaseFacts(server, 'collide')).toEqual(before);
    expect(await litter(server)).toEqual([]);
  });
});

describe('tables of others', () => {
  it('made after the backup go into a safety dump; other sites and kept tables stay', async () => {
    const account = await server.createDatabase('shared');
    await asSite(account, wordPress('wp_') + wordPress('wp_shop_') + wordPress('other_'));
    const backup = await backUp(scratch.path, account);
    expect(backup.info.tables).toBe(2);
    await asSite(
      account,
      `CREATE TABLE wp_new (a int, b blob); INSERT INTO wp_new VALUES (1, x'00ff'); CREATE TABLE wp_logs (a int); CREATE TABLE wp_shop_new (a int);
       CREATE TABLE plugin (a int); CREATE VIEW wp_new_view AS SELECT a FROM wp_new; INSERT INTO wp_posts VALUES (2)`,
    );
    const before = await databaseFacts(server, 'shared');
    const { restore, safetyDir, workDir } = await restoreTo(scratch.path, credentialsOf(account), {
      keepTables: ['wp_logs'],
    });
    const preview = await restore.preview(backup.info, entriesOf(backup));
    expect(preview.database.drop.toSorted()).toEqual(['wp_new', 'wp_new_view']);
    await restore.load(backup.info, membersOf(backup));
    const result = await restore.activate();
    expect(result.extra.toSorted()).toEqual(['wp_new', 'wp_new_view']);
    const file = join(safetyDir, 'job-1', 'extra-tables.sql.zst');
    expect(result.safetyDump).toBe(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const sql = zstdDecompressSync(await readFile(file)).toString();
    expect(sql).toContain('INSERT INTO `wp_new` VALUES');
    expect(sql).toContain('0x00FF');
    expect(sql).not.toContain('wp_logs');
    await restore.commit();
    const after = await databaseFacts(server, 'shared');
    expect(Object.keys(after.tables)).toEqual(Object.keys(before.tables).filter((name) => name !== 'wp_new'));
    expect(after.others).toEqual({});
    expect(await filesBelow(safetyDir)).toEqual(['extra-tables.sql.zst']);
    expect(await filesBelow(workDir)).toEqual(['database-restore.json']);
    // The safety dump brings them back by hand.
    await server.load(sql, 'shared');
    expect((await databaseFacts(server, 'shared')).tables['wp_new']).toEqual(before.tables['wp_new']);
  });

  it('come back in a roll-back, and the safety dump goes', async () => {
    const account = await server.createDatabase('extras');
    await asSite(account, 'CREATE TABLE wp_a (a int)');
    const backup = await backUp(scratch.path, account);
    await asSite(account, 'CREATE TABLE wp_b (a int); INSERT INTO wp_b VALUES (5)');
    const before = await databaseFacts(server, 'extras');
    const { restore, safetyDir } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup));
    await restore.activate();
    await restore.rollBack();
    expect(await databaseFacts(server, 'extras')).toEqual(before);
    expect(await filesBelow(safetyDir)).toEqual([]);
  });

  it('that refer to a restored table refer to the restored one afterwards, or to the old one after a roll-back', async () => {
    const account = await server.createDatabase('outside');
    await asSite(account, 'CREATE TABLE wp_p (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO wp_p VALUES (1)');
    const backup = await backUp(scratch.path, account);
    await asSite(
      account,
      'CREATE TABLE shop (p int, CONSTRAINT shop_p FOREIGN KEY (p) REFERENCES wp_p (id)) ENGINE=InnoDB; INSERT INTO shop VALUES (1)',
    );
    const before = await databaseFacts(server, 'outside');
    const { restore } = await restoreTo(scratch.path, credentialsOf(account));
    await restore.load(backup.info, membersOf(backup));
    await restore.activate();
    expect(await server.query('SHOW CREATE TABLE shop', 'outside')).toEqual([
      { Table: 'shop', 'Create Table': before.tables['shop']?.definition },
    ]);
    await restore.rollBack();
    expect(await databaseFacts(server, 'outside')).toEqual(before);
  });
});

describe('the target', () => {
  it('with a wrong password is refused with the SQL to run, and nothing is left', async () => {
    const account = await server.createDatabase('wrong');
    const target = credentialsOf(account, { password: 'no' });
    const { restore } = await restoreTo(scratch.path, target);
    await expect(restore.load(MYSQL8.info, membersOf(MYSQL8))).rejects.toMatchObject({
      code: 'DATABASE_LOGIN_REFUSED',
    });
    await restore.rollBack();
    const admin = { ...credentialsOf(account), user: 'root', password: '' };
    const second = await restoreTo(scratch.path, target, { admin });
    const error = await second.restore.load(MYSQL8.info, membersOf(MYSQL8)).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'DATABASE_LOGIN_REFUSED', hint: expect.stringContaining('ALTER USER') });
    await second.restore.rollBack();
    expect(await server.query("SHOW DATABASES LIKE 'wrong'")).toHaveLength(1);
  });

  it('without its database says how to make it; an administrator makes it, over TCP too', async () => {
    const account = await server.createDatabase('exists');
    const target = { ...credentialsOf(account), database: 'no_such' };
    const { restore } = await restoreTo(scratch.path, target);
    const error = await restore.load(MYSQL8.info, membersOf(MYSQL8)).catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: expect.stringMatching(/DATABASE_NOT_FOUND|DATABASE_DENIED/),
      hint: expect.stringContaining('CREATE DATABASE IF NOT EXISTS `no_such`'),
    });
    await restore.rollBack();
    await server.query(
      "CREATE USER root2@'127.0.0.1' IDENTIFIED BY 'r'; GRANT ALL ON *.* TO root2@'127.0.0.1' WITH GRANT OPTION",
    );
    const tcp = { host: '127.0.0.1', port: server.port, socketPath: null };
    const remote = { ...target, ...tcp, user: 'fresh', password: 'f' };
    const second = await restoreTo(scratch.path, remote, {
      admin: { ...tcp, user: 'root2', password: 'r', database: '' },
    });
    await second.restore.load(MYSQL8.info, membersOf(MYSQL8));
    await second.restore.activate();
    await second.restore.commit();
    expect(await server.query("SELECT Host AS h FROM mysql.user WHERE User = 'fresh'")).toEqual([{ h: '127.0.0.1' }]);
    expect(Object.keys((await databaseFacts(server, 'no_such')).tables)).toEqual(['wp_posts']);
  });
});
