import { createHash } from 'node:crypto';
import type { Blackout } from '../rhythm.js';
import { minutesOf } from './wall-times.js';
import { Zone } from './zone.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** More than the ends of blackouts that follow each other can be apart. */
const MOST_STEPS = 64;

/** How late a site's runs are, in milliseconds: spreads sites evenly, is always the same for a site, and less than `most`. */
export function jitterOf(siteId: string, scheduleId: string, most: number): number {
  const hash = createHash('sha256').update(`${siteId}/${scheduleId}`).digest().readUInt32BE(0);
  return Math.floor((hash / 2 ** 32) * Math.max(0, most));
}

/** The instant itself, or the end of the blackouts it falls in. */
export function afterBlackouts(instant: Date, blackouts: readonly Blackout[], timeZone: string): Date {
  const zone = Zone.of(timeZone);
  let at = instant.getTime();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const end = Math.max(...blackouts.map((blackout) => endOf(at, blackout, zone)), at);
    if (end === at) break;
    at = end;
  }
  return new Date(at);
}

/** What moves a slot's start. */
export interface DueRules {
  siteId: string;
  scheduleId: string;
  jitterSeconds: number;
  blackouts: readonly Blackout[];
  timeZone: string;
}

/** When the slot is started: later by the site's jitter, which never reaches the next slot, and outside the blackouts. */
export function dueAt(slot: Date, next: Date | null, rules: DueRules): Date {
  const room = next === null ? Infinity : next.getTime() - slot.getTime();
  const jitter = jitterOf(rules.siteId, rules.scheduleId, Math.min(rules.jitterSeconds * 1000, room));
  const allowed = afterBlackouts(slot, rules.blackouts, rules.timeZone);
  return afterBlackouts(new Date(allowed.getTime() + jitter), rules.blackouts, rules.timeZone);
}

/** The end of the blackout, where the instant is in it; else the instant. */
function endOf(at: number, { from, until, days }: Blackout, zone: Zone): number {
  const wall = zone.wallAt(at);
  const midnight = Math.floor(wall / DAY) * DAY;
  const [begin, end] = [minutesOf(from) * MINUTE, minutesOf(until) * MINUTE];
  const length = end > begin ? end - begin : end + DAY - begin;
  // The one that began today, or yesterday and goes past midnight.
  for (const day of [midnight, midnight - DAY]) {
    if (days !== undefined && !days.includes(weekdayOf(day))) continue;
    const start = day + begin;
    if (wall < start || wall >= start + length) continue;
    const ends = [...zone.instantsOf(start + length), zone.firstInstantOf(start + length)];
    return Math.min(...ends.filter((instant) => instant > at), at + 2 * DAY);
  }
  return at;
}

/** 1 = Monday … 7 = Sunday. */
function weekdayOf(wall: number): number {
  return ((Math.floor(wall / DAY) + 3) % 7) + 1;
}
