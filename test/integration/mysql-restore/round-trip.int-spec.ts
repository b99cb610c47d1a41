import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseFacts, HARD_SQL } from '../../support/database-facts.js';
import { MariaDbServer, type MariaDbAccount } from '../../support/mariadb.js';
import { makeScratch } from '../../support/scratch.js';
import { adminOf, backUp, credentialsOf, entriesOf, litter, membersOf, restoreTo } from './fixture.js';

/** Core-like tables, and what breaks restores: circular keys, views on views, generated columns, no primary key, odd names. */
const SITE_SQL = `
SET SESSION sql_mode = '';
CREATE TABLE wp_options (option_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, option_name varchar(191) NOT NULL DEFAULT '' UNIQUE, option_value longtext NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
INSERT INTO wp_options (option_name, option_value) VALUES ('siteurl', 'https://x.test'), ('wp_user_roles', 'a:1:{s:1:"x";i:1;}'), ('emoji', '😀 \\\\ '' " \\n');
CREATE TABLE wp_posts (ID bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, post_date datetime NOT NULL DEFAULT '0000-00-00 00:00:00', post_title text NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO wp_posts VALUES (0, '0000-00-00 00:00:00', 'first'), (7, '2024-00-01 00:00:00', 'partial');
CREATE TABLE wp_usermeta (umeta_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id bigint unsigned NOT NULL DEFAULT 0, meta_key varchar(255) DEFAULT NULL, meta_value longtext, KEY meta_key (meta_key(191))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (1, 'wp_capabilities', 'a'), (1, 'WP_capabilities', 'upper'), (1, 'wp_user_level', '10'), (1, 'wp_capabilities_plugin', 'stays'), (1, 'nickname', 'wp_capabilities');
CREATE TABLE wp_a (id int PRIMARY KEY, b int, KEY b (b)) ENGINE=InnoDB;
CREATE TABLE wp_b (id int PRIMARY KEY, a int, KEY a (a), CONSTRAINT wp_b_to_a FOREIGN KEY (a) REFERENCES wp_a (id) ON DELETE CASCADE) ENGINE=InnoDB;
INSERT INTO wp_a VALUES (1, 1); INSERT INTO wp_b VALUES (1, 1);
ALTER TABLE wp_a ADD CONSTRAINT wp_a_to_b FOREIGN KEY (b) REFERENCES wp_b (id) ON DELETE SET NULL ON UPDATE CASCADE;
CREATE TABLE wp_nokey (x varchar(20), y binary(3)) ENGINE=InnoDB;
INSERT INTO wp_nokey VALUES ('a', x'00ff27'), ('a', x'00ff27'), (NULL, NULL);
CREATE TABLE wp_latin (t varchar(50)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO wp_latin VALUES (x'c3a9e9'), (x'80');
CREATE VIEW wp_z_view AS SELECT id FROM wp_a;
CREATE VIEW wp_a_view AS SELECT id FROM wp_z_view WHERE id > 0;
CREATE PROCEDURE wp_proc(IN x int) BEGIN /* don't; stop */ SELECT x; SELECT ';'; END;
CREATE EVENT wp_event ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM wp_nokey WHERE x = 'never';
`;

const CHANGES = `
DELETE FROM wp_posts; UPDATE wp_options SET option_value = 'changed'; DROP TABLE wp_latin;
DROP VIEW wp_a_view; CREATE VIEW wp_a_view AS SELECT 5 AS five;
DROP TRIGGER wp_hard_trigger; CREATE TRIGGER wp_hard_trigger BEFORE INSERT ON wp_hard_child FOR EACH ROW SET NEW.parent = 1;
DROP PROCEDURE wp_proc; CREATE PROCEDURE wp_proc() SELECT 'other';
DROP FUNCTION wp_hard_function;
DROP EVENT wp_event; CREATE EVENT wp_event ON SCHEDULE EVERY 5 DAY DISABLE DO DELETE FROM wp_posts;
ALTER TABLE wp_a DROP FOREIGN KEY wp_a_to_b; ALTER TABLE wp_nokey ADD CONSTRAINT wp_a_to_b CHECK (x <> 'q');
`;

let server: MariaDbServer;
const scratch = makeScratch('db-restore');

beforeAll(async () => {
  server = await MariaDbServer.start();
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

async function makeSite(database: string): Promise<{ account: MariaDbAccount }> {
  const account = await server.createDatabase(database);
  await asSite(account, HARD_SQL);
  await asSite(account, SITE_SQL);
  return { account };
}

describe('a database that was changed after its backup', () => {
  it('comes back exactly: rows, definitions, keys, views, triggers, routines, events', async () => {
    const site = await makeSite('round_trip');
    const before = await databaseFacts(server, 'round_trip');
    const backup = await backUp(scratch.path, site.account);
    await asSite(site.account, CHANGES);
    const { restore, journal } = await restoreTo(scratch.path, credentialsOf(site.account));

    const preview = await restore.preview(backup.info, entriesOf(backup));
    expect(preview.database.create).toEqual(['wp_latin']);
    expect(preview.database.drop).toEqual([]);
    expect(preview.database.replace).toContain('wp_a_view');
    const loaded = await restore.load(backup.info, membersOf(backup));
    expect(loaded.tables).toBe(backup.info.tables);
    expect(journal.bytesDone).toBe(backup.members.reduce((sum, member) => sum + member.content.length, 0));
    await restore.activate();
    await restore.commit();

    expect(await databaseFacts(server, 'round_trip')).toEqual(before);
    expect(await litter(server)).toEqual([]);
    expect(journal.warnings).toEqual([]);
  });

  it('is as it was after a roll-back from each step', async () => {
    const site = await makeSite('rolled_back');
    const backup = await backUp(scratch.path, site.account);
    await asSite(site.account, CHANGES);
    const changed = await databaseFacts(server, 'rolled_back');

    const first = await restoreTo(scratch.path, credentialsOf(site.account));
    await first.restore.load(backup.info, membersOf(backup));
    expect(await litter(server)).not.toEqual([]);
    await first.again().rollBack();
    expect(await litter(server)).toEqual([]);
    expect(await databaseFacts(server, 'rolled_back')).toEqual(changed);

    const second = await restoreTo(scratch.path, credentialsOf(site.account), { workDir: first.workDir });
    await second.restore.load(backup.info, membersOf(backup));
    await second.restore.activate();
    await second.restore.activate();
    expect(await databaseFacts(server, 'rolled_back')).not.toEqual(changed);
    await second.again().rollBack();
    await second.again().rollBack();
    expect(await litter(server)).toEqual([]);
    expect(await databaseFacts(server, 'rolled_back')).toEqual(changed);
    expect(second.journal.warnings).toEqual([]);
  });

  it('goes to another database and prefix, with account and database made by an administrator', async () => {
    const site = await makeSite('moved_from');
    const backup = await backUp(scratch.path, site.account);
    const target = { ...credentialsOf(site.account), user: 'new_user', password: "n'w", database: 'moved_to' };

    const without = await restoreTo(scratch.path, target, { tablePrefix: 'neu_' });
    const refused = without.restore.load(backup.info, membersOf(backup));
    await expect(refused).rejects.toMatchObject({ code: 'DATABASE_LOGIN_REFUSED' });
    await expect(refused).rejects.toHaveProperty('hint', expect.stringContaining("IDENTIFIED BY '***'"));
    await without.restore.rollBack();

    const { restore, journal } = await restoreTo(scratch.path, target, { admin: adminOf(server), tablePrefix: 'neu_' });
    const preview = await restore.preview(backup.info, entriesOf(backup));
    expect(preview.database.createDatabase).toBe(true);
    const loaded = await restore.load(backup.info, membersOf(backup));
    expect(loaded).toMatchObject({ createdDatabase: true, createdUser: true });
    await restore.activate();
    await restore.commit();

    const facts = await databaseFacts(server, 'moved_to');
    const original = await databaseFacts(server, 'moved_from');
    expect(Object.keys(facts.tables)).toEqual(Object.keys(original.tables).map((name) => name.replace(/^wp_/, 'neu_')));
    expect(facts.tables['neu_posts']?.rows).toEqual(original.tables['wp_posts']?.rows);
    expect(facts.tables['neu_options']?.rows.map((row) => row['option_name'])).toEqual([
      'siteurl',
      'neu_user_roles',
      'emoji',
    ]);
    expect(facts.tables['neu_usermeta']?.rows.map((row) => row['meta_key'])).toEqual([
      'neu_capabilities',
      'WP_capabilities',
      'neu_user_level',
      'wp_capabilities_plugin',
      'nickname',
    ]);
    expect(facts.tables['neu_b']?.definition).toContain(
      'CONSTRAINT `wp_b_to_a` FOREIGN KEY (`a`) REFERENCES `neu_a` (`id`) ON DELETE CASCADE',
    );
    expect(facts.others['view neu_a_view']).toContain('`neu_z_view`');
    expect(facts.others['trigger wp_hard_trigger']).toContain('INSERT INTO `neu_hard_log`');
    expect(await litter(server)).toEqual([]);
    expect(journal.warnings).toEqual([]);
    const grants = await server.query("SHOW GRANTS FOR 'new_user'@'localhost'");
    expect(JSON.stringify(grants)).toContain('`moved\\\\_to`');
  });

  it('leaves no database and no account after a roll-back of a move', async () => {
    const site = await makeSite('gone_from');
    const backup = await backUp(scratch.path, site.account);
    const target = { ...credentialsOf(site.account), user: 'gone_user', password: 'x', database: 'gone_to' };
    const { restore, again } = await restoreTo(scratch.path, target, { admin: adminOf(server) });
    await restore.load(backup.info, membersOf(backup));
    await restore.activate();
    await again().rollBack();
    expect(await server.query("SHOW DATABASES LIKE 'gone\\_to'")).toEqual([]);
    expect(await server.query("SELECT 1 FROM mysql.user WHERE User = 'gone_user'")).toEqual([]);
  });
});
