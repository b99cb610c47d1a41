import type { Rhythm } from '../rhythm.js';
import { type WallTimes, wallTimesOf } from './wall-times.js';
import { Zone } from './zone.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Further than a clock is ever set. */
const NEAR = 4 * HOUR;
/** How far back is looked for a slot, in steps. */
const BACK = [HOUR, 26 * HOUR, 8 * 24 * HOUR, 64 * 24 * HOUR, 400 * 24 * HOUR, 10 * 366 * 24 * HOUR];

/**
 * When a rhythm has its slots in a time zone. A local time that does not exist (the clock is set forward) is the first instant after
 * the gap; one that exists twice (set back) is the first of the two. A rhythm of every hour follows the hours that really pass:
 * it leaves out the hour that the day does not have and runs in both of those that are called the same.
 */
export class Slots {
  private readonly wall: WallTimes;
  private readonly zone: Zone;

  constructor(rhythm: Rhythm, timeZone: string) {
    this.wall = wallTimesOf(rhythm);
    this.zone = Zone.of(timeZone);
  }

  /** The first slot after the instant; null = never. */
  after(instant: Date): Date | null {
    const from = instant.getTime();
    const isClockSteady = this.zone.offsetAt(from - NEAR) === this.zone.offsetAt(from + NEAR);
    let wall: number | null = minuteOf(this.zone.wallAt(from)) - (isClockSteady ? 0 : NEAR);
    let best = Infinity;
    for (;;) {
      wall = this.wall.after(wall);
      if (wall === null) break;
      const instants = this.instantsOf(wall);
      best = Math.min(best, ...instants.filter((each) => each > from));
      // Those of a later time on the wall begin later, or at the same instant.
      if (instants[0] !== undefined && instants[0] > from) break;
    }
    return Number.isFinite(best) ? new Date(best) : null;
  }

  /** The last slot at or before the instant; null when there was none for ten years. */
  atOrBefore(instant: Date): Date | null {
    for (const back of BACK) {
      let found: Date | null = null;
      for (const slot of this.between(new Date(instant.getTime() - back), instant)) found = slot;
      if (found !== null) return found;
    }
    return null;
  }

  /** All slots after `from`, up to and with `until`. */
  *between(from: Date, until: Date): Generator<Date> {
    for (let slot = this.after(from); slot !== null && slot <= until; slot = this.after(slot)) yield slot;
  }

  /** The next so many. */
  next(count: number, after: Date): Date[] {
    const found: Date[] = [];
    for (let slot = this.after(after); slot !== null && found.length < count; slot = this.after(slot)) found.push(slot);
    return found;
  }

  private instantsOf(wall: number): number[] {
    const [first, second] = this.zone.instantsOf(wall);
    if (first === undefined)
      return this.wall.everyHour && this.isHourMissing(wall) ? [] : [this.zone.firstInstantOf(wall)];
    // Where the clock is set back by half an hour, no hour comes twice.
    return this.wall.everyHour && second !== undefined && second - first >= HOUR ? [first, second] : [first];
  }

  private isHourMissing(wall: number): boolean {
    const begin = Math.floor(wall / HOUR) * HOUR;
    return [begin, begin + HOUR - MINUTE].every((each) => this.zone.instantsOf(each).length === 0);
  }
}

function minuteOf(wall: number): number {
  return Math.floor(wall / MINUTE) * MINUTE;
}
