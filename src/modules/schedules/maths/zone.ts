const MINUTE = 60_000;
const DAY = 86_400_000;
/** All clocks have changed at a full quarter of an hour UTC since long before backupd. */
const STEP = 900_000;
const REMEMBERED = 4096;

/**
 * The clock on the wall of a time zone. A wall time is the milliseconds that the same date and time would be in UTC, so that it
 * can be counted with; an instant is the milliseconds of a `Date`.
 */
export class Zone {
  private static readonly known = new Map<string, Zone>();
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  private constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** By its IANA name, which must be one. */
  static of(name: string): Zone {
    const known = Zone.known.get(name) ?? new Zone(name);
    Zone.known.set(name, known);
    return known;
  }

  /** How far the wall is ahead of UTC at the instant. */
  offsetAt(instant: number): number {
    const step = Math.floor(instant / STEP);
    const known = this.offsets.get(step);
    if (known !== undefined) return known;
    const offset = this.readAt(step * STEP) - step * STEP;
    if (this.offsets.size >= REMEMBERED) this.offsets.clear();
    this.offsets.set(step, offset);
    return offset;
  }

  wallAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /** When the wall shows this: none in the hour that is left out, two in the one that comes twice. Earliest first. */
  instantsOf(wall: number): number[] {
    const candidates = [this.offsetAt(wall - DAY), this.offsetAt(wall + DAY)];
    const found = candidates.filter((offset) => this.offsetAt(wall - offset) === offset).map((offset) => wall - offset);
    return [...new Set(found)].toSorted((a, b) => a - b);
  }

  /** The first instant at which the wall shows this; where it never does, the first one after the gap. */
  firstInstantOf(wall: number): number {
    return this.instantsOf(wall)[0] ?? this.gapEnd(wall);
  }

  private gapEnd(wall: number): number {
    const after = this.offsetAt(wall + DAY);
    let low = (wall - after) / MINUTE;
    let high = (wall - this.offsetAt(wall - DAY)) / MINUTE;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle * MINUTE) === after) high = middle;
      else low = middle;
    }
    return high * MINUTE;
  }

  private readAt(instant: number): number {
    const parts = new Map(this.format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  }
}
