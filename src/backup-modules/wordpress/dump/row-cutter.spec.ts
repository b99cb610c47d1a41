import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { useTempFolder } from '../../../engine/testing/index.js';
import { SizeRowCutter } from './row-cutter.js';
import { SpillBuffer } from './spill-buffer.js';

const folder = useTempFolder('row-cutter');
const HEADER = 'INSERT INTO `t` VALUES';

function cut(rows: readonly string[], batch: number, sizes: { pieceBytes: number; statementBytes: number }): string[] {
  const pieces: string[] = [];
  const buffer = new SpillBuffer(folder(), 1 << 20);
  const cutter = new SizeRowCutter(buffer, sizes, () => {
    const { content } = buffer.take();
    pieces.push(Buffer.from(content as Uint8Array).toString());
  });
  cutter.begin(Buffer.from(HEADER));
  for (let i = 0; i < rows.length; i += batch) {
    const some = rows.slice(i, i + batch);
    const data = Buffer.from(`xx${some.join(',\n')}`);
    const ends: number[] = [];
    let end = 2;
    for (const row of some) {
      end += row.length;
      ends.push(end);
      end += 2;
    }
    if (some.length === 1 && i % 2 === 0) {
      cutter.row(data.subarray(2, 4), false);
      cutter.row(data.subarray(4), true);
    } else cutter.rows(data, 2, ends);
  }
  cutter.finish();
  return pieces;
}

it('gives every row once, whole and in order, wherever statements and pieces are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 120 }),
      (lengths, batch, pieceBytes, statementBytes) => {
        const rows = lengths.map((length, i) => `(${i},${'a'.repeat(length)})`);
        const pieces = cut(rows, batch, { pieceBytes, statementBytes });
        const statement = /^INSERT INTO `t` VALUES\n(\(\d+,a+\)(?:,\n\(\d+,a+\))*);\n/;
        const found: string[] = [];
        for (const piece of pieces) {
          let rest = piece;
          while (rest.length > 0) {
            const match = statement.exec(rest);
            expect(match, `not a statement: ${rest.slice(0, 80)}`).not.toBeNull();
            found.push(...(match?.[1] ?? '').split(',\n'));
            rest = rest.slice(match?.[0].length);
          }
        }
        expect(found).toEqual(rows);
      },
    ),
    { numRuns: 500 },
  );
});
