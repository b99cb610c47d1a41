/** A small WordPress-like pair of tables. */
export const WORDPRESS_TABLES = `
SET NAMES utf8mb4;
SET sql_mode = '';
CREATE TABLE wp_options (option_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, option_name varchar(191) NOT NULL DEFAULT '' UNIQUE,
  option_value longtext NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
INSERT INTO wp_options VALUES (1, 'siteurl', 'https://example.org'), (2, 'blogname', 'Gruß 😀 \\' " \\\\ \\n;\\r\\0\\Z -- x');
CREATE TABLE wp_posts (ID bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, post_date datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  post_content longtext NOT NULL, stamp timestamp NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO wp_posts VALUES (1, '0000-00-00 00:00:00', '<p>Hallo 🦊</p>', '2024-03-31 01:30:00'), (7, '2024-00-01 00:00:00', '', NULL);
`;

/** What breaks naive dumps. Loaded with the stock client as root. */
export const HOSTILE_SQL = `
CREATE TABLE wp_types (id int PRIMARY KEY, bits bit(13), raw blob, bin binary(4), geo geometry, doc json CHECK (json_valid(doc)),
  d decimal(30,10), f double, y year, t time(6), e enum('a','b''c','ü'), s set('x','y'), u uuid, big bigint unsigned) ENGINE=InnoDB;
INSERT INTO wp_types VALUES (1, b'1010101010101', 0x00270A5C1AFF22, 0x00, ST_GeomFromText('LINESTRING(0 0, 1 2)'), '{"a": "😀\\\\n"}',
  12345678901234567890.0123456789, 1.7976931348623157e308, 1999, '-838:59:59.999999', 'b''c', 'x,y', '123e4567-e89b-12d3-a456-426614174000', 18446744073709551615),
  (2, NULL, '', NULL, NULL, NULL, NULL, -0.1, NULL, NULL, 'ü', '', NULL, 0);
CREATE TABLE wp_generated (a int, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, s varchar(30) GENERATED ALWAYS AS (concat('é', a)) STORED,
  hidden varchar(10) INVISIBLE DEFAULT 'h') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO wp_generated (a, hidden) VALUES (1, 'seen'), (2, DEFAULT);
CREATE TABLE wp_parent (id int PRIMARY KEY, child int) ENGINE=InnoDB;
CREATE TABLE wp_child (id int PRIMARY KEY, parent int, CONSTRAINT c1 FOREIGN KEY (parent) REFERENCES wp_parent (id)) ENGINE=InnoDB;
SET foreign_key_checks = 0;
INSERT INTO wp_child VALUES (1, 10); INSERT INTO wp_parent VALUES (10, 1);
SET foreign_key_checks = 1;
ALTER TABLE wp_parent ADD CONSTRAINT c2 FOREIGN KEY (child) REFERENCES wp_child (id);
CREATE TABLE wp_no_key (a int, b varchar(10)) ENGINE=InnoDB; INSERT INTO wp_no_key VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
CREATE TABLE wp_empty (a int) ENGINE=InnoDB;
CREATE TABLE wp_old (id int PRIMARY KEY, t text, KEY (t(5))) ENGINE=MyISAM; INSERT INTO wp_old VALUES (0, 'zero'), (1, 'one');
CREATE TABLE wp_memory (id int PRIMARY KEY) ENGINE=MEMORY; INSERT INTO wp_memory VALUES (5);
CREATE TABLE wp_zero (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, x int) ENGINE=InnoDB AUTO_INCREMENT=100;
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; INSERT INTO wp_zero VALUES (0, 1), (99, 2); SET sql_mode = '';
CREATE TABLE \`select\` (\`from\` int, \`order by\` int) ENGINE=InnoDB; INSERT INTO \`select\` VALUES (1, 2);
CREATE TABLE \`od\`\`d 'na"m\\\\
-- Dumping events
DROP TABLE x; VALUES (1)\` (\`c;\`\`
ol\` int, g int GENERATED ALWAYS AS (1), \`ü€\` int) ENGINE=InnoDB;
INSERT INTO \`od\`\`d 'na"m\\\\
-- Dumping events
DROP TABLE x; VALUES (1)\` (\`c;\`\`
ol\`) VALUES (1), (2);
CREATE TABLE \`ätable\` (\`spalte ä\` int) ENGINE=InnoDB; INSERT INTO \`ätable\` VALUES (3);
CREATE TABLE wp_parted (id int, y int) ENGINE=InnoDB PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO wp_parted VALUES (1, 1990), (2, 2020);
CREATE SEQUENCE wp_sequence START WITH 41 INCREMENT BY 3; SELECT NEXTVAL(wp_sequence);
CREATE TABLE wp_uses_sequence (id int DEFAULT NEXTVAL(wp_sequence)) ENGINE=InnoDB;
CREATE VIEW wp_z_view AS SELECT ID, post_content AS \`some ; text\` FROM wp_posts WHERE post_content <> ';' ;
CREATE DEFINER=\`we ird\`@\`10.0.%\` SQL SECURITY INVOKER VIEW wp_a_view AS SELECT * FROM wp_z_view WITH CASCADED CHECK OPTION;
DELIMITER //
CREATE FUNCTION wp_fn(a int) RETURNS int DETERMINISTIC RETURN a + 1//
CREATE VIEW wp_fn_view AS SELECT wp_fn(ID) AS n FROM wp_posts//
CREATE TRIGGER wp_t1 BEFORE INSERT ON wp_old FOR EACH ROW BEGIN SET NEW.t = concat(NEW.t, ';;', '*/', "it's /* "); /* don't */ END//
CREATE TRIGGER wp_t2 AFTER UPDATE ON wp_old FOR EACH ROW BEGIN DELETE FROM wp_empty; # don't;
END//
CREATE TRIGGER wp_t3 AFTER INSERT ON wp_parted FOR EACH ROW INSERT INTO wp_empty VALUES (NEW.id)//
SET sql_mode = 'NO_BACKSLASH_ESCAPES'//
CREATE PROCEDURE wp_backslash() BEGIN SELECT 'C:\\'; SELECT ';;'; END//
SET sql_mode = 'ANSI_QUOTES'//
CREATE PROCEDURE "wp ansi"() BEGIN SELECT "option_id" FROM "wp_options"; END//
SET sql_mode = ''//
CREATE EVENT wp_event ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'it''s; ü' DO BEGIN DELETE FROM wp_empty; END//
DELIMITER ;
`;

/** All bytes of latin1, UTF-8 stored in latin1 (double-encoded when read), other Unicode encodings. */
export const LATIN_SQL = `
SET NAMES utf8mb4;
CREATE TABLE wp_latin (id int PRIMARY KEY, v varchar(255) CHARACTER SET latin1, w text CHARACTER SET latin1 COLLATE latin1_bin) ENGINE=InnoDB;
INSERT INTO wp_latin VALUES (1, CONVERT(0xC3A9F09F9880 USING latin1), CONVERT(0x80818D8F909D9FA0FF USING latin1));
CREATE TABLE wp_wide (id int PRIMARY KEY, a varchar(20) CHARACTER SET ucs2, b varchar(20) CHARACTER SET utf16, c varchar(20) CHARACTER SET utf32,
  d varchar(20) CHARACTER SET utf8mb3, e varchar(20) CHARACTER SET utf16le) ENGINE=InnoDB;
INSERT INTO wp_wide VALUES (1, 'aäß€', 'a😀', 'a😀', 'aäß€', 'a😀');
`;

/** Bytes that Unicode has no place for. */
export const ODD_CHARSET_SQL = `
SET NAMES utf8mb4;
CREATE TABLE wp_odd (id int PRIMARY KEY, a varchar(20) CHARACTER SET cp1251, b varchar(20) CHARACTER SET gbk, c varchar(20) CHARACTER SET sjis,
  d varchar(20) CHARACTER SET ascii, e enum('x', 'да') CHARACTER SET cp1251 COMMENT 'да — ü', f varchar(20) CHARACTER SET cp1251 DEFAULT 'да',
  g varchar(20) CHARACTER SET koi8r GENERATED ALWAYS AS (concat('щ', id)) STORED) ENGINE=InnoDB;
INSERT INTO wp_odd (id, a, b, c, d, e) VALUES (1, 0x98C0, 0xA2A1A6D9, 0x815C5C, 0x41E9, 'да'), (2, 'да', '中文', '日本', 'plain', 'x');
`;
