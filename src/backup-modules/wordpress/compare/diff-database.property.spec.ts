import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useTempFolder } from '../../../engine/testing/index.js';
import { diffTables, literal, type DumpTable } from './compare.spec-support.js';

const folder = useTempFolder('compare');

describe('what the figures are, whatever the tables', () => {
  const KEYS = { none: undefined, int: '`a`', text: '`b`', both: '`b`,`a`' } as const;
  type Keys = keyof typeof KEYS;
  interface Row {
    a: number;
    b: string;
    v: string;
  }
  const keyText = (keys: Keys, { a, b, v }: Row): string =>
    keys === 'int' ? String(a) : keys === 'text' ? b : keys === 'both' ? `${a} ${b}` : JSON.stringify([a, b, v]);
  const row = fc.record({
    a: fc.integer({ min: 0, max: 30 }),
    b: fc.oneof(
      fc.constantFrom('', 'x', "x','y", '\\', '),\n(', 'ä😀'),
      fc.string({ maxLength: 6, unit: fc.constantFrom('a', "'", '\\', ',', '(', ')', '\n') }),
    ),
    v: fc.oneof(
      fc.constantFrom('', 'one', 'two'),
      fc.integer({ min: 0, max: 500 }).map((length) => 'z'.repeat(length)),
    ),
  });
  const rowsFor = (keys: Keys): fc.Arbitrary<Row[]> =>
    keys === 'none'
      ? fc.array(row, { maxLength: 60 })
      : fc.uniqueArray(row, { maxLength: 60, selector: (each) => keyText(keys, each) });
  /** Two states of a table; most rows are in both. */
  const states = fc.constantFrom<Keys>('none', 'int', 'text', 'both').chain((keys) =>
    fc
      .tuple(
        rowsFor(keys),
        rowsFor(keys),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        fc.integer({ min: 0, max: 3 }),
      )
      .map(([before, other, dice, where]) => {
        const after = new Map(before.map((each, n) => [keys === 'none' ? `n${n}` : keyText(keys, each), each]));
        for (const [key, each] of after)
          if ((dice.next().value ?? 0) === 0) after.set(key, { ...each, v: `${each.v}!` });
        for (const key of after.keys()) if ((dice.next().value ?? 0) === 0) after.delete(key);
        for (const [n, each] of other.entries())
          if ((dice.next().value ?? 0) < 2) after.set(keys === 'none' ? `m${n}` : keyText(keys, each), each);
        return { keys, before: where === 1 ? null : before, after: where === 2 ? null : [...after.values()] };
      }),
  );
  const rendered = (name: string, keys: Keys, rows: readonly Row[]): DumpTable => {
    const key = KEYS[keys];
    const sorted = keys === 'none' ? rows : rows.toSorted((p, q) => (p.b < q.b || (p.b === q.b && p.a < q.a) ? -1 : 1));
    return {
      name,
      ...(key === undefined ? {} : { key }),
      rows: sorted.map(({ a, b, v }) => `(${a},${literal(b)},${literal(v)})`),
    };
  };

  /** Row by row, with everything held. */
  function truth(keys: Keys, before: readonly Row[], after: readonly Row[]): number[] {
    const left = [...before];
    const fresh: Row[] = [];
    for (const each of after) {
      const at = left.findIndex((other) => JSON.stringify(other) === JSON.stringify(each));
      if (at < 0) fresh.push(each);
      else left.splice(at, 1);
    }
    const known = new Set(left.map((each) => keyText(keys, each)));
    const changed = keys === 'none' ? 0 : fresh.filter((each) => known.has(keyText(keys, each))).length;
    return [fresh.length - changed, left.length - changed, changed];
  }

  it('is the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(states, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 400 }),
        fc.boolean(),
        async (all, pieceBytes, isReversed) => {
          const before: DumpTable[] = [];
          const after: DumpTable[] = [];
          const expected: unknown[] = [];
          for (const [n, state] of all.entries()) {
            const name = `t${n}`;
            if (state.before !== null) before.push(rendered(name, state.keys, state.before));
            if (state.after !== null) after.push(rendered(name, state.keys, state.after));
            const figures = truth(state.keys, state.before ?? [], state.after ?? []);
            const change =
              state.before === null
                ? 'added'
                : state.after === null
                  ? 'removed'
                  : figures.some((f) => f > 0)
                    ? 'changed'
                    : 'same';
            expected.push([name, change, ...figures, true, false]);
          }
          const found = await diffTables(folder(), before, isReversed ? after.toReversed() : after, { pieceBytes });
          expect(
            found.map((t) => [
              t.name,
              t.change,
              t.rowsAdded,
              t.rowsRemoved,
              t.rowsChanged,
              t.exact,
              t.definitionChanged,
            ]),
          ).toEqual(expected);
          for (const t of found) expect(t.rowsAfter - t.rowsBefore).toBe(t.rowsAdded - t.rowsRemoved);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
