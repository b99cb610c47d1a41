import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PARTS, partRange, planParts } from './part-plan.js';

const MIB = 1024 * 1024;
const TIB = 1024 ** 4;
const LARGEST_PART = 5 * 1024 ** 3;

describe('planParts', () => {
  it('10,000 parts are enough for 5 TB and 5 TiB', () => {
    const terabytes = planParts(5e12, 16 * MIB);
    expect(terabytes).toMatchObject({ partBytes: 477 * MIB, count: 9997, buffered: false });
    const tebibytes = planParts(5 * TIB, 16 * MIB);
    expect(tebibytes).toMatchObject({ partBytes: 525 * MIB, buffered: false });
    expect(tebibytes.count).toBeLessThanOrEqual(MAX_PARTS);
    // The last part of 5 TiB ends at the last byte.
    const last = partRange(tebibytes, tebibytes.count);
    expect(last.offset + last.length).toBe(5 * TIB);
  });

  it('keeps the wanted size as long as that is enough', () => {
    expect(planParts(160 * 1024 ** 3 - 1, 16 * MIB).partBytes).toBe(17 * MIB);
    expect(planParts(10_000 * 16 * MIB, 16 * MIB)).toMatchObject({
      partBytes: 16 * MIB,
      count: 10_000,
      buffered: true,
    });
    expect(planParts(0, 16 * MIB)).toMatchObject({ count: 1 });
  });

  it('parts cover any object without gap or overlap, within what S3 takes', () => {
    assert(
      property(integer({ min: 1, max: 5 * TIB }), integer({ min: 5, max: 5120 }), (size, wanted) => {
        const plan = planParts(size, wanted * MIB);
        expect(plan.count).toBeLessThanOrEqual(MAX_PARTS);
        expect(plan.partBytes).toBeGreaterThanOrEqual(wanted * MIB);
        expect(plan.partBytes).toBeLessThanOrEqual(LARGEST_PART);
        const parts = [1, Math.ceil(plan.count / 2), plan.count].map((part) => partRange(plan, part));
        for (const { length } of parts) expect(length).toBeGreaterThan(0);
        const last = partRange(plan, plan.count);
        expect(last.offset + last.length).toBe(size);
        expect(last.offset).toBe((plan.count - 1) * plan.partBytes);
      }),
    );
  });
});
