const MIB = 1024 * 1024;
/** S3 takes no more parts in one object. */
export const MAX_PARTS = 10_000;
/** Nor a larger part. */
export const MAX_PART_BYTES = 5 * 1024 * MIB;
/** A part up to this size is read into memory once and sent from there; larger ones are streamed. */
export const MAX_BUFFERED_PART_BYTES = 16 * MIB;

export interface PartPlan {
  size: number;
  partBytes: number;
  count: number;
  /** Whether parts are held in memory, several at a time; else they are streamed, one after the other. */
  buffered: boolean;
}

/** How an object is cut: parts of the wanted size, larger (in whole MiB) where 10,000 of them would not be enough. */
export function planParts(size: number, wantedPartBytes: number): PartPlan {
  const least = Math.ceil(size / MAX_PARTS / MIB) * MIB;
  const partBytes = Math.max(wantedPartBytes, least);
  return {
    size,
    partBytes,
    count: Math.max(1, Math.ceil(size / partBytes)),
    buffered: partBytes <= MAX_BUFFERED_PART_BYTES,
  };
}

/** Where the part (counted from 1) lies in the object. */
export function partRange(plan: PartPlan, part: number): { offset: number; length: number } {
  const offset = (part - 1) * plan.partBytes;
  return { offset, length: Math.min(plan.partBytes, plan.size - offset) };
}
