import type { Clock } from '../../common/clock.js';

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now: number;

  constructor(start: Date | string = '2026-01-02T03:04:05.000Z') {
    this.#now = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  set(time: Date | string): void {
    this.#now = new Date(time).getTime();
  }
}
