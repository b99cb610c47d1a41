import { describe, expect, it } from 'vitest';
import { insertedColumns, readTableShape } from './table-shape.js';

describe('readTableShape', () => {
  it('finds columns, key and counter in what servers print', () => {
    const sql = `CREATE TABLE \`wp (1)\` (
  \`ID\` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  \`we\`\`ird,\` varchar(20) DEFAULT 'PRIMARY KEY (\`x\`)' COMMENT 'a, \\'b (',
  \`price\` decimal(10,2) GENERATED ALWAYS AS (concat(\`ID\`,',)')) STORED,
  PRIMARY KEY (\`ID\`,\`we\`\`ird,\`(10)),
  KEY \`k\` (\`price\`) COMMENT 'ENGINE=InnoDB AUTO_INCREMENT=7 '
) ENGINE=InnoDB AUTO_INCREMENT=123 DEFAULT CHARSET=utf8mb4 COMMENT='AUTO_INCREMENT=9'`;
    const shape = readTableShape(sql);
    expect(shape).toMatchObject({ columns: ['ID', 'we`ird,', 'price'], key: ['ID', 'we`ird,'] });
    expect(shape?.counter?.value).toBe('123');
    expect(sql.slice(shape?.counter?.start, shape?.counter?.end)).toBe(' AUTO_INCREMENT=123');
  });

  it('has no counter where there is none, or where changing it copies the table', () => {
    expect(readTableShape('CREATE TABLE `a` (`b` int) ENGINE=InnoDB')).toEqual({
      columns: ['b'],
      key: [],
      counter: null,
    });
    expect(readTableShape('CREATE TABLE `a` (`b` int) ENGINE=MyISAM AUTO_INCREMENT=5')?.counter).toBeNull();
  });

  it('says so when it does not understand', () => {
    expect(readTableShape('CREATE SEQUENCE `a`')).toBeNull();
    expect(readTableShape('CREATE TABLE `a` (`b` int')).toBeNull();
  });
});

it('insertedColumns names the columns of an INSERT', () => {
  expect(insertedColumns('INSERT INTO `a (b) VALUES` VALUES')).toBeNull();
  expect(insertedColumns('INSERT INTO `a` (`b`, `c,``d`) VALUES')).toEqual(['b', 'c,`d']);
});
