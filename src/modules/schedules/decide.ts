import { dueAt, type DueRules, type Slots } from './maths/index.js';

/** A start that is later than this was missed: backupd did not run, or the host was suspended. */
export const LATE_MS = 600_000;
/** So many passed slots are looked at one by one. */
const LOOKED_AT = 5000;

/** A state row whose time has come. */
export interface DueState {
  nextSlot: Date;
  /** Whether it was held back on purpose: then nothing was missed. */
  waited: boolean;
}

/** What to do about it. */
export interface Decision {
  /** The slot that is run for, or given up: the last one whose time has come. The earlier ones are one with it. */
  slot: Date;
  /** How many slots it stands for. */
  count: number;
  /** How many of them passed while nobody could start them, the slot itself included when it is late. */
  missed: number;
  /** Whether the slot itself was missed. */
  late: boolean;
}

/** Of all slots that have passed by now, what is to be done: one run at most. */
export function decide(state: DueState, slots: Slots, rules: DueRules, now: Date): Decision {
  const isDue = (slot: Date, next: Date | null): boolean => dueAt(slot, next, rules) <= now;
  const isLate = (slot: Date, next: Date | null): boolean =>
    !state.waited && now.getTime() - dueAt(slot, next, rules).getTime() > LATE_MS;
  let slot = state.nextSlot;
  let next = slots.after(slot);
  let count = 1;
  let late = isLate(slot, next);
  let missed = late ? 1 : 0;
  while (next !== null && next <= now && count < LOOKED_AT) {
    const following = slots.after(next);
    if (!isDue(next, following)) break;
    [slot, next] = [next, following];
    count += 1;
    late = isLate(slot, next);
    if (late) missed += 1;
  }
  if (count === LOOKED_AT) slot = slots.atOrBefore(now) ?? slot;
  return { slot, count, missed, late };
}

/** The slot after the one that was decided on, and when it is started; nulls when there is none any more. */
export function upcoming(slots: Slots, rules: DueRules, after: Date): { nextSlot: Date | null; dueAt: Date | null } {
  const nextSlot = slots.after(after);
  return { nextSlot, dueAt: nextSlot === null ? null : dueAt(nextSlot, slots.after(nextSlot), rules) };
}
