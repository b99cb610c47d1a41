import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import type { MariaDbServer } from './mariadb.js';
import { makeScratch } from './scratch.js';

/** All that a database holds, as plain values: compare with `toEqual`. */
export interface DatabaseFacts {
  /** Table name to its definition and all its rows (binary values as hex), in one fixed order. */
  tables: Record<string, { definition: string; rows: Record<string, unknown>[] }>;
  /** `view a`, `trigger b`, `function c`, `event d` to the definition. */
  others: Record<string, string>;
}

/** Reads every row of every table, and every view, trigger, routine and event. */
export async function databaseFacts(server: MariaDbServer, database: string): Promise<DatabaseFacts> {
  const connection = await server.connect({ database });
  const query = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await connection.query<RowDataPacket[]>(sql))[0];
  try {
    const facts: DatabaseFacts = { tables: {}, others: {} };
    for (const row of await query('SHOW FULL TABLES')) {
      const [name, type] = Object.values(row).map(String) as [string, string];
      const quoted = `\`${name.replaceAll('`', '``')}\``;
      if (type === 'VIEW') {
        facts.others[`view ${name}`] = String((await query(`SHOW CREATE VIEW ${quoted}`))[0]?.['Create View']);
        continue;
      }
      const definition = String((await query(`SHOW CREATE TABLE ${quoted}`))[0]?.['Create Table']);
      const columns = await query(`SHOW COLUMNS FROM ${quoted}`);
      const order = columns.map((_, index) => index + 1).join(', ');
      const rows = (await query(`SELECT * FROM ${quoted} ORDER BY ${order}`)).map((found) =>
        Object.fromEntries(
          Object.entries(found).map(([key, value]) => [key, Buffer.isBuffer(value) ? value.toString('hex') : value]),
        ),
      );
      facts.tables[name] = { definition, rows };
    }
    for (const row of await query('SHOW TRIGGERS'))
      facts.others[`trigger ${String(row['Trigger'])}`] =
        `${String(row['Timing'])} ${String(row['Event'])} ${String(row['Table'])} ${String(row['Statement'])}`;
    for (const row of await query(
      'SELECT ROUTINE_NAME n, ROUTINE_TYPE t, ROUTINE_DEFINITION d FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()',
    ))
      facts.others[`${String(row['t']).toLowerCase()} ${String(row['n'])}`] = String(row['d']);
    for (const row of await query(
      'SELECT EVENT_NAME n, EVENT_DEFINITION d, INTERVAL_VALUE v, STATUS s FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()',
    ))
      facts.others[`event ${String(row['n'])}`] = `${String(row['v'])} ${String(row['s'])} ${String(row['d'])}`;
    return facts;
  } finally {
    await connection.end();
  }
}

/** What a plug-in adds to a site's database and what breaks naive dumps; run as the site's own account. */
export const HARD_SQL = `
CREATE TABLE wp_hard_types (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  bin varbinary(64), bits bit(9), j json, blobby mediumblob, zero datetime DEFAULT '0000-00-00 00:00:00',
  price decimal(20,6), ratio double, t time(6), txt longtext,
  total decimal(20,6) GENERATED ALWAYS AS (price * 2) VIRTUAL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
SET SESSION sql_mode = '';
INSERT INTO wp_hard_types (bin, bits, j, blobby, zero, price, ratio, t, txt) VALUES
 (x'00270d0a1a5c22ff', b'101010101', '{"a": "é😀"}', x'0001021a5c', '0000-00-00 00:00:00', 12345678901234.123456, 1e-300, '12:00:00.123456', 'a''b\\\\c\\n\\r\\t;--\\0 🎉'),
 (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 ('', b'0', 'null', '', '2024-00-01 00:00:00', -0.000001, -1.5, '-838:59:59', 'DELIMITER ;; /* not */ # a -- comment');
CREATE TABLE wp_hard_myisam (a int, b varchar(50), KEY (a)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO wp_hard_myisam VALUES (1, 'caf\u00e9'), (1, 'caf\u00e9'), (2, NULL);
CREATE TABLE \`wp_hard odd \`\`name\` (\`select\` int PRIMARY KEY, \`a b\` text) ENGINE=InnoDB;
INSERT INTO \`wp_hard odd \`\`name\` VALUES (-5, 'x'), (7, '');
CREATE TABLE wp_hard_parent (id int PRIMARY KEY, other int, KEY (other)) ENGINE=InnoDB;
CREATE TABLE wp_hard_child (id int PRIMARY KEY, parent int NOT NULL, FOREIGN KEY (parent) REFERENCES wp_hard_parent (id)) ENGINE=InnoDB;
INSERT INTO wp_hard_parent VALUES (1, 2), (2, 1);
INSERT INTO wp_hard_child VALUES (10, 1), (11, 2);
CREATE TABLE wp_hard_log (n int AUTO_INCREMENT PRIMARY KEY, what varchar(100)) ENGINE=InnoDB;
CREATE TRIGGER wp_hard_trigger AFTER INSERT ON wp_hard_child FOR EACH ROW INSERT INTO wp_hard_log (what) VALUES (CONCAT('child; ', NEW.id));
INSERT INTO wp_hard_child VALUES (12, 2);
CREATE VIEW wp_hard_view AS SELECT id, other FROM wp_hard_parent WHERE other > 0;
CREATE FUNCTION wp_hard_function(a int) RETURNS int DETERMINISTIC RETURN a + 1;
`;

/** The whole content of a SQLite database as SQL. Reads a copy: opening a database makes files beside it. */
export function sqliteDump(file: string): string {
  const scratch = makeScratch('sqlite');
  try {
    const copy = join(scratch.path, 'copy.sqlite');
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return execFileSync('sqlite3', [copy, '.dump'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  } finally {
    scratch.remove();
  }
}
