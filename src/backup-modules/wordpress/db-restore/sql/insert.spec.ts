import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInsert, splitInsert } from './insert.js';

const check = (sql: string): ReturnType<typeof checkInsert> => checkInsert(Buffer.from(sql));

describe('checkInsert', () => {
  it.each([
    "INSERT INTO `t` VALUES (1,-2.5e-10,+3,.5,NULL,'a\\'b''c)',\"d\",0xFF,x'00',b'01',_binary 'x',_utf8mb4'y',TRUE,DEFAULT)",
    'insert  ignore into t (`a``)b`, c) values\n(1,2),\n(3,4)',
    'REPLACE INTO `t` VALUES ()',
    "INSERT INTO `t` VALUES ('SELECT (1) -- ; /* */')",
    'INSERT INTO `t` VALUES (1e5,1E+5,1e-5)',
  ])('takes plain rows: %s', (sql) => {
    expect(check(sql)).toMatchObject({ ok: true });
  });

  it('says where the table and the rows are', () => {
    const sql = Buffer.from('INSERT INTO `wp_``é` (a) VALUES (1),(2)');
    const result = checkInsert(sql);
    if (!result.ok) throw new Error(result.reason);
    expect(result.insert).toMatchObject({ table: 'wp_`é', rows: 2 });
    expect(sql.toString('utf8', result.insert.nameStart, result.insert.nameEnd)).toBe('`wp_``é`');
    expect(sql.toString('utf8', result.insert.valuesStart)).toBe(' (1),(2)');
  });

  it.each([
    'INSERT INTO d.t VALUES (1)',
    'INSERT INTO `d`.`t` VALUES (1)',
    'INSERT INTO t SELECT 1',
    'INSERT INTO t SET a = 1',
    'INSERT INTO t VALUES (SLEEP(1))',
    'INSERT INTO t VALUES ((SELECT 1))',
    'INSERT INTO t VALUES (@@version)',
    'INSERT INTO t VALUES (@x)',
    'INSERT INTO t VALUES (CURRENT_USER)',
    'INSERT INTO t VALUES (a)',
    'INSERT INTO t VALUES (`a`)',
    'INSERT INTO t VALUES (1/* */)',
    "INSERT INTO t VALUES (1,-- '\n(SELECT 1)) -- ')",
    'INSERT INTO t VALUES (1#\n)',
    'INSERT INTO t VALUES (1), ',
    'INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1',
    'INSERT INTO t VALUES (1); DROP TABLE t',
    'INSERT INTO t VALUES (1',
    "INSERT INTO t VALUES ('a)",
    'INSERT t VALUES (1)',
    'INSERT INTO t PARTITION (p) VALUES (1)',
    'INSERT INTO t () SELECT 1',
    'INSERT INTO t VALUES (1 + 1 * 2)',
    'INSERT INTO t VALUES (1=1)',
    'INSERT INTO t VALUES (NOW)',
    'INSERT INTO t VALUES (0xGG)',
    'UPDATE t SET a = 1',
  ])('refuses anything else: %s', (sql) => {
    expect(check(sql)).toMatchObject({ ok: false });
  });
});

describe('splitInsert', () => {
  it('gives one row at a time, long hexadecimal as the same bytes in about half the length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 400 }), (bytes) => {
        const hex = Buffer.from(bytes).toString('hex');
        const sql = Buffer.from(`INSERT INTO t VALUES (1,0x${hex},'0x00'),(2,NULL,'b')`);
        const checked = checkInsert(sql);
        if (!checked.ok) throw new Error(checked.reason);
        const [first, second] = [...splitInsert(sql, checked.insert, 45)];
        expect(second?.toString()).toBe("INSERT INTO t VALUES (2,NULL,'b')");
        const text = /^INSERT INTO t VALUES \(1, _binary'([\s\S]*)','0x00'\)$/.exec(
          first?.toString('latin1') ?? '',
        )?.[1];
        const plain = text?.replaceAll(/\\([\s\S])/g, (_all, c: string) => (c === '0' ? '\0' : c));
        expect(Buffer.from(plain ?? '', 'latin1').toString('hex')).toBe(hex);
      }),
    );
  });
});
