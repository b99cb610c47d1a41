import type { Dto } from '../../api/client.ts';

/** How much was stored at a time. */
export interface Growth {
  /** Unix seconds, ascending. */
  times: number[];
  bytes: number[];
}

/**
 * How what is stored now came together, told from the newest backups backwards: the server keeps no history of its own. What was
 * deleted in between is not in it.
 */
export function growthOf(
  backups: readonly Pick<Dto<'BackupDto'>, 'createdAt' | 'storedBytes' | 'copies'>[],
  bytesNow: number,
  now: Date,
): Growth {
  const newestFirst = backups.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const times = [now.getTime() / 1000];
  const bytes = [bytesNow];
  let left = bytesNow;
  for (const { createdAt, storedBytes, copies } of newestFirst) {
    const at = Date.parse(createdAt) / 1000;
    times.push(at);
    bytes.push(left);
    const before = Math.max(0, left - storedBytes * Math.max(1, copies.length));
    // A step: nothing was stored between two backups.
    times.push(at - 1);
    bytes.push(before);
    left = before;
  }
  return ascending(times.toReversed(), bytes.toReversed());
}

/** Times that go up, as charts need them; of equal ones the later counts. */
function ascending(times: readonly number[], bytes: readonly number[]): Growth {
  const result: Growth = { times: [], bytes: [] };
  for (const [index, time] of times.entries()) {
    const value = bytes[index] ?? 0;
    const last = result.times.at(-1);
    if (last !== undefined && time <= last) result.bytes[result.bytes.length - 1] = value;
    else {
      result.times.push(time);
      result.bytes.push(value);
    }
  }
  return result;
}
