import { describe, expect, it } from 'vitest';
import { FakeClock, SeededRandom } from '../../engine/testing/index.js';
import {
  type AgeGroup,
  dueAfterMs,
  fillCredit,
  isGuaranteed,
  isRead,
  neededBytesPerDay,
  type ProofCredit,
  type ProofSettings,
} from './plan.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const settings = (everyDays: number, more: Partial<ProofSettings> = {}): ProofSettings => ({
  everyDays,
  budgetBytes: null,
  budgetMinutes: null,
  ...more,
});

interface Simulated {
  size: number;
  provenAt: number;
}

/** A storage whose objects are read by the plan, hour by hour. */
class Simulation {
  readonly clock = new FakeClock();
  objects: Simulated[] = [];
  readBytes = 0;
  oldest = 0;
  oldestWhileUp = 0;
  private credit: ProofCredit;

  constructor(readonly plan: ProofSettings) {
    this.credit = { bytes: 0, milliseconds: 0, at: this.clock.now() };
  }

  add(size: number): void {
    this.objects.push({ size, provenAt: this.clock.now().getTime() });
  }

  get needed(): number {
    const groups = new Map<number, AgeGroup>();
    for (const { size, provenAt } of this.objects) {
      const days = Math.floor((this.clock.now().getTime() - provenAt) / DAY);
      groups.set(days, { days, bytes: (groups.get(days)?.bytes ?? 0) + size });
    }
    return neededBytesPerDay([...groups.values()], this.plan);
  }

  hour(isUp: boolean): void {
    this.clock.advance(HOUR);
    const now = this.clock.now();
    if (isUp) {
      this.credit = fillCredit(this.credit, this.needed, this.plan, now);
      this.objects.sort((a, b) => a.provenAt - b.provenAt);
      for (;;) {
        const [next] = this.objects;
        if (next === undefined || !isRead(new Date(next.provenAt), this.credit, this.plan, now)) break;
        this.credit.bytes -= next.size;
        this.readBytes += next.size;
        this.objects.shift();
        this.objects.push({ size: next.size, provenAt: now.getTime() });
      }
    }
    for (const { provenAt } of this.objects) {
      const age = now.getTime() - provenAt;
      this.oldest = Math.max(this.oldest, age);
      if (isUp) this.oldestWhileUp = Math.max(this.oldestWhileUp, age);
    }
  }
}

describe('over 200 days with growth, deletes and outages', () => {
  for (const everyDays of [1, 7, 30])
    for (const seed of [1, 2, 3, 4])
      it(`nothing gets older than ${everyDays} days and the longest outage (seed ${seed})`, () => {
        const random = new SeededRandom(seed);
        const simulation = new Simulation(settings(everyDays));
        for (let n = 0; n < 40; n++) simulation.add(1 + random.below(1_000_000));
        let outage = 0;
        let down = 0;
        let longest = 0;
        for (let day = 0; day < 200; day++) {
          const additions = random.chance(0.03) ? 60 : random.below(3);
          for (let n = 0; n < additions; n++)
            simulation.add(random.chance(0.05) ? 50_000_000 : random.below(1_000_000));
          if (random.chance(0.3)) simulation.objects.splice(random.below(simulation.objects.length), 1);
          // The youngest half at once: what is left to pay for the oldest is little.
          if (random.chance(0.02)) simulation.objects = simulation.objects.slice(0, simulation.objects.length / 2);
          if (outage === 0 && random.chance(0.04)) outage = 1 + random.below(5);
          for (let hour = 0; hour < 24; hour++) simulation.hour(outage === 0);
          down = outage > 0 ? down + 1 : 0;
          longest = Math.max(longest, down);
          outage = Math.max(0, outage - 1);
        }
        expect(longest).toBeGreaterThan(0);
        expect(simulation.oldestWhileUp).toBeLessThanOrEqual(dueAfterMs(simulation.plan) + HOUR);
        expect(simulation.oldest).toBeLessThanOrEqual(dueAfterMs(simulation.plan) + longest * DAY + HOUR);
        expect(simulation.readBytes).toBeGreaterThan(0);
      });

  for (const seed of [11, 12, 13])
    it(`without outages nothing gets older than that at all, and the days are even (seed ${seed})`, () => {
      const random = new SeededRandom(seed);
      const simulation = new Simulation(settings(30));
      // Everything of one day, as after the first backup of all sites.
      for (let n = 0; n < 2000; n++) simulation.add(1 + random.below(1_000_000));
      const total = simulation.objects.reduce((sum, { size }) => sum + size, 0);
      let most = 0;
      for (let day = 0; day < 200; day++) {
        const before = simulation.readBytes;
        for (let hour = 0; hour < 24; hour++) simulation.hour(true);
        most = Math.max(most, simulation.readBytes - before);
      }
      expect(simulation.oldest).toBeLessThanOrEqual(dueAfterMs(settings(30)) + DAY);
      expect(simulation.oldest).toBeLessThan(30 * DAY);
      // 28 days' worth of reading each 28 days: not in one go, and not more often than needed.
      expect(most).toBeLessThan((total / 28) * 1.5);
      expect(simulation.readBytes).toBeLessThan((total * 200) / 28 + total);
      expect(simulation.readBytes).toBeGreaterThan(total * 6);
    });
});

describe('a budget of a person', () => {
  it('is kept within one object, however old things get', () => {
    const simulation = new Simulation(settings(10, { budgetBytes: 1000 }));
    for (let n = 0; n < 100; n++) simulation.add(700);
    for (let hour = 0; hour < 24 * 30; hour++) simulation.hour(true);
    expect(simulation.readBytes).toBeLessThanOrEqual(30 * 1000 + 700);
    expect(simulation.readBytes).toBeGreaterThan(28 * 1000);
    expect(simulation.oldest).toBeGreaterThan(10 * DAY);
    expect(isGuaranteed(simulation.needed, simulation.plan, null)).toBe(false);
  });

  it('says what would be enough', () => {
    const groups = [{ days: 0, bytes: 27_000 }];
    const needed = neededBytesPerDay(groups, settings(30));
    expect(needed).toBe(1000);
    expect(isGuaranteed(needed, settings(30, { budgetBytes: 999 }), null)).toBe(false);
    expect(isGuaranteed(needed, settings(30, { budgetBytes: 1000 }), null)).toBe(true);
    expect(isGuaranteed(needed, settings(30, { budgetMinutes: 1 }), null)).toBeNull();
    expect(isGuaranteed(needed, settings(30, { budgetMinutes: 1 }), 10)).toBe(false);
    expect(isGuaranteed(needed, settings(30, { budgetMinutes: 2 }), 10)).toBe(true);
    expect(isGuaranteed(0, settings(30, { budgetMinutes: 1 }), null)).toBe(true);
    expect(neededBytesPerDay([], settings(30))).toBe(0);
  });

  it('of minutes is used up, and never filled beyond a day', () => {
    const plan = settings(30, { budgetMinutes: 10 });
    const start = new Date('2026-01-01T00:00:00Z');
    const empty = { bytes: 0, milliseconds: 0, at: start };
    const after = fillCredit(empty, 0, plan, new Date(start.getTime() + 9 * DAY));
    expect(after.milliseconds).toBe(600_000);
    const provenAt = new Date(start.getTime() - 3 * DAY);
    expect(isRead(provenAt, after, plan, start)).toBe(true);
    expect(isRead(provenAt, { ...after, milliseconds: -1 }, plan, start)).toBe(false);
    expect(isRead(new Date(start.getTime() - HOUR), after, plan, start)).toBe(false);
  });
});
