import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { useTempFolder } from '../../../engine/testing/index.js';
import { KeyedRowCutter, pieceSizes, type PieceSizes } from './row-cutter.js';
import { RowKey } from './row-key.js';
import { SpillBuffer } from './spill-buffer.js';

const folder = useTempFolder('row-cutter');
const HEADER = 'INSERT INTO `t` VALUES';

interface Given {
  sizes: PieceSizes;
  /** Rows that come at once. */
  batch?: number;
  key?: RowKey;
}

function cut(rows: readonly string[], { sizes, batch = 7, key = new RowKey([0]) }: Given): string[] {
  const pieces: string[] = [];
  const buffer = new SpillBuffer(folder(), 1 << 20);
  const cutter = new KeyedRowCutter(buffer, sizes, () => {
    const { content } = buffer.take();
    pieces.push(Buffer.from(content as Uint8Array).toString());
  });
  cutter.begin(Buffer.from(HEADER), key);
  for (let i = 0; i < rows.length; i += batch) {
    const some = rows.slice(i, i + batch);
    const data = Buffer.from(`xx${some.join(',\n')}`);
    const ends: number[] = [];
    let end = 2;
    for (const row of some) {
      end += Buffer.byteLength(row);
      ends.push(end);
      end += 2;
    }
    if (some.length === 1 && i % 2 === 0) {
      cutter.row(data.subarray(2, 4), false);
      cutter.row(data.subarray(4), true);
    } else cutter.rows(data, 2, ends);
    // The parser uses the memory again.
    data.fill(0x3f);
    // The client's next statement of the same table.
    if (i % 3 === 0) cutter.begin(Buffer.from(HEADER), key);
  }
  cutter.finish();
  return pieces;
}

const rowsOf = (piece: string): string[] => {
  expect(piece.startsWith(`${HEADER}\n(`) && piece.endsWith(');\n')).toBe(true);
  return piece.slice(HEADER.length + 1, -2).split(',\n');
};

it('gives every row once, whole and in order, in complete statements, wherever pieces are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.record({
        target: fc.integer({ min: 1, max: 200 }),
        min: fc.integer({ min: 0, max: 60 }),
        max: fc.integer({ min: 1, max: 300 }),
      }),
      (lengths, batch, sizes) => {
        const rows = lengths.map((length, i) => `(${i},${'a'.repeat(length)})`);
        const pieces = cut(rows, { sizes, batch });
        expect(pieces.flatMap(rowsOf)).toEqual(rows);
        for (const piece of pieces)
          expect(rowsOf(piece).length === 1 || piece.length <= sizes.max + HEADER.length + 3).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

const text = (n: number, version = 0): string =>
  createHash('sha256')
    .update(`${n}.${version}`)
    .digest('hex')
    .repeat(1 + (n % 5));
const row = (n: number, version = 0): string => `(${n * 10},'it\\'s, (${text(n, version)})',NULL)`;
const many = Array.from({ length: 20_000 }, (_, n) => row(n));

it('cuts where the rows say, however they come in, near the size that is asked for', () => {
  const sizes = pieceSizes(16 * 1024);
  const pieces = cut(many, { sizes, batch: 1000 });
  expect(cut(many, { sizes, batch: 3 })).toEqual(pieces);
  const mean = pieces.join('').length / pieces.length;
  expect(mean).toBeGreaterThan(8 * 1024);
  expect(mean).toBeLessThan(32 * 1024);
  expect(pieces.every((piece) => piece.length < sizes.max + 100)).toBe(true);
});

it('keeps all other pieces when rows are added, removed, or become longer', () => {
  const sizes = pieceSizes(16 * 1024);
  const before = new Set(cut(many, { sizes }));
  const changed: [string, string[]][] = [
    ['longer', many.map((one, n) => (n === 7000 ? row(n, 1).replace('NULL', `'${'x'.repeat(5000)}'`) : one))],
    ['removed', many.filter((_, n) => n !== 7000)],
    ['added', [...many.slice(0, 7001), `(70005,'new')`, ...many.slice(7001)]],
    ['at the end', [...many, row(30_000)]],
    ['at the beginning', [`(-1,'first')`, ...many]],
  ];
  for (const [what, rows] of changed) {
    const fresh = cut(rows, { sizes }).filter((piece) => !before.has(piece));
    expect(fresh.length, what).toBeGreaterThanOrEqual(1);
    expect(fresh.length, what).toBeLessThanOrEqual(3);
  }
});

it('stores about as much anew as was changed: one row in a hundred of a table without other changes', () => {
  // Rows of 4 KiB, as a table of posts has: a piece holds a few of them.
  const posts = Array.from({ length: 8_000 }, (_, n) => `(${n},'${text(n).padEnd(4096, text(n))}')`);
  const sizes = pieceSizes(16 * 1024);
  const before = new Set(cut(posts, { sizes }));
  // Neighbours, as the posts of one day are.
  const after = cut(
    posts.map((one, n) => (n >= 4_000 && n < 4_080 ? one.replace(text(n), text(n, 1)) : one)),
    { sizes },
  );
  const fresh = after.filter((piece) => !before.has(piece)).join('').length;
  expect(fresh / after.join('').length).toBeLessThan(0.02);
});

it('takes rows without a key by their content', () => {
  const sizes = pieceSizes(16 * 1024);
  const before = new Set(cut(many, { sizes, key: new RowKey([]) }));
  const fresh = cut([...many.slice(0, 500), ...many.slice(501)], { sizes, key: new RowKey([]) });
  expect(fresh.filter((piece) => !before.has(piece)).length).toBeLessThanOrEqual(3);
});

const of = (key: RowKey, line: string): number => key.hash(Buffer.from(line), 0, line.length);

it('hashes the columns of the key, wherever they are, and no others', () => {
  const second = RowKey.of(['a', 'b', 'c'], ['b']);
  expect(of(second, "('x,)\\'',7,1)")).toBe(of(second, "('y',7,2)"));
  expect(of(second, "('x',7,1)")).not.toBe(of(second, "('x',8,1)"));
  const both = RowKey.of(['a', 'b', 'c'], ['c', 'a']);
  expect(of(both, "('a',1,'bc')")).not.toBe(of(both, "('ab',1,'c')"));
  expect(of(both, "('a',1,'b')")).toBe(of(both, "('a',2,'b')"));
  // A key that the rows do not have.
  const whole = RowKey.of(['a'], ['id']);
  expect(of(whole, '(1)')).not.toBe(of(whole, '(2)'));
});
