import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInsert, readInsert, type InsertCheck } from './insert.js';
import { StatementSplitter } from './splitter.js';

const PLAIN = { ansiQuotes: false, noBackslashEscapes: false };

interface Told {
  statements: { sql: string; check: InsertCheck }[];
  /** How many were found and checked in one go. */
  whole: number;
  refusal: string | null;
}

/** What a load is told of a text. In chunks of one byte no statement is ever whole: the splitter finds each end. */
function told(bytes: Buffer, chunk: number, mode = PLAIN, maxBytes = 1e6, firstChunk = chunk): Told {
  const splitter = new StatementSplitter({
    mode: { ...mode },
    maxBytes,
    tooLong: () => new Error('too long'),
    refuse: (reason) => new Error(reason),
  });
  const result: Told = { statements: [], whole: 0, refusal: null };
  try {
    for (let from = 0, to = firstChunk; from < bytes.length; from = to, to += chunk) {
      for (const { sql, insert } of splitter.push(bytes.subarray(from, to))) {
        result.statements.push({
          sql: sql.toString('latin1'),
          check: insert ? { ok: true, insert } : checkInsert(sql),
        });
        if (insert) result.whole += 1;
      }
    }
    const last = splitter.end();
    if (last) result.statements.push({ sql: last.sql.toString('latin1'), check: checkInsert(last.sql) });
  } catch (error) {
    result.refusal = String(error);
  }
  return result;
}

/** The same but for `whole`. */
function expectSame(bytes: Buffer, chunk: number, mode = PLAIN, firstChunk = chunk): void {
  const { whole: _fast, ...fast } = told(bytes, chunk, mode, 1e6, firstChunk);
  const { whole, ...slow } = told(bytes, 1, mode);
  expect(whole).toBe(0);
  expect(fast).toEqual(slow);
}

const value = fc.oneof(
  fc.constantFrom('NULL', '1', '-2.5e-10', '0xAB', "x'00'", "_binary 'x'", 'DEFAULT', '1--1', '1-', '--', 'NOW()'),
  fc.constantFrom("1-- ';\n", '1-- );\n', "1# ';\n", '1/* ); */', '1/*! ; */'),
  fc
    .array(fc.constantFrom("''", "\\'", '\\\\', '\\n', 'a', ';', '"', '`', '--', '#', '/*', '*/', '\0', '\n', 'é'))
    .map((parts) => `'${parts.join('')}'`),
);
const insert = fc
  .record({
    head: fc.constantFrom(
      'INSERT INTO `t` VALUES\n',
      'insert ignore into t (a,`b;``c`) values ',
      'REPLACE INTO é VALUE',
      "INSERT INTO `a'b` VALUES",
      'INSERT INTO "t" VALUES',
      'INSERT INTO t SELECT ',
      'INSERT/**/INTO t VALUES',
    ),
    rows: fc.array(
      fc.array(value, { maxLength: 4 }).map((values) => `(${values.join(',')})`),
      { minLength: 1, maxLength: 4 },
    ),
    end: fc.constantFrom(';\n', ';', ' ;\n', '\n;', '', ' ON DUPLICATE KEY UPDATE a=1;', '-- ;\n;', '#;\n;', '/*;*/;'),
  })
  .map(({ head, rows, end }) => head + rows.join(',\n') + end);
const hostile = fc.constantFrom(
  'DELIMITER ;;\n',
  'DELIMITER ;\n',
  ';;',
  '/*! INSERT INTO t VALUES (1) */;',
  '-- INSERT INTO t VALUES (1);\n',
  '# it\'s "\n',
  '/* ; */',
  '/*!40101 SET a = 1 */;\n',
  'SELECT 1;',
  'INSERT',
  "'",
  '"',
  '`',
  '\\',
  '\0',
  ' \n\v',
);
const dump = fc.array(fc.oneof(insert, insert, hostile), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const mode = fc.record({ ansiQuotes: fc.boolean(), noBackslashEscapes: fc.boolean() });

describe('an INSERT that is found and checked in one go', () => {
  it('is the usual case', () => {
    const piece = "INSERT INTO `t` VALUES\n(1,'a;\\'b''c'),\n(2,NULL);\n";
    expect(told(Buffer.from(piece), 1e6)).toMatchObject({ whole: 1, refusal: null });
    expect(told(Buffer.from(`-- one\n${piece}SET a = 1;\n${piece}`), 1e6)).toMatchObject({ whole: 2, refusal: null });
    expect(told(Buffer.from(piece), 1e6).statements).toEqual([
      { sql: piece.slice(0, -2), check: checkInsert(Buffer.from(piece.slice(0, -2))) },
    ]);
  });

  it('is what splitter and check say, whatever the text is', () => {
    fc.assert(
      fc.property(dump, fc.integer({ min: 2, max: 200 }), (text, chunk) => {
        expectSame(Buffer.from(text), chunk);
        expectSame(Buffer.from(text), 1e6);
        // In two chunks, the second one beginning where a statement may.
        for (const { index } of text.matchAll(/\S+ INTO/gi)) expectSame(Buffer.from(text), 1e6, PLAIN, index);
      }),
      { numRuns: 3000 },
    );
  });

  it('is what they say of any bytes', () => {
    const byte = fc.constantFrom(...Buffer.from('\'"`\\;-#/*!(),\n \0aDI1x\u00e9'));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.constantFrom(';', "';", ');', "');", ''), (bytes, end) => {
        const head = Buffer.from('INSERT INTO t VALUES (');
        expectSame(Buffer.concat([head, Buffer.from(bytes), Buffer.from(end)]), 1e6);
        expectSame(Buffer.concat([head, Buffer.from("'"), Buffer.from(bytes), Buffer.from(end)]), 1e6);
      }),
      { numRuns: 3000 },
    );
  });

  it('is cut the same with other modes and limits', () => {
    fc.assert(
      fc.property(dump, mode, fc.integer({ min: 20, max: 120 }), (text, modes, limit) => {
        expectSame(Buffer.from(text), 1e6, modes);
        const fast = told(Buffer.from(text), 1e6, modes, limit);
        // With its delimiter; the last one may have none.
        for (const { sql } of fast.statements) expect(sql.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 1000 },
    );
    expect(told(Buffer.from('INSERT INTO t VALUES (1);'), 1e6, { ...PLAIN, ansiQuotes: true }).whole).toBe(0);
    expect(told(Buffer.from('INSERT INTO t VALUES (1);'), 1e6, PLAIN, 24)).toMatchObject({
      refusal: 'Error: too long',
    });
    expect(told(Buffer.from('INSERT INTO t VALUES (1);'), 1e6, PLAIN, 25)).toMatchObject({ whole: 1 });
  });

  it('ends at its semicolon', () => {
    expect(readInsert(Buffer.from('INSERT INTO t VALUES (1) ; x'))).toMatchObject({ length: 25, insert: { rows: 1 } });
    expect(readInsert(Buffer.from('INSERT INTO t VALUES (1)'))).toBeNull();
    expect(readInsert(Buffer.from('INSERT INTO t VALUES (1), ;'))).toBeNull();
    expect(readInsert(Buffer.from("INSERT INTO t VALUES ('\\"))).toBeNull();
  });
});
