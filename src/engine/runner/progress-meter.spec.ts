import { describe, expect, it } from 'vitest';
import { ProgressMeter, type ProgressReport } from './progress-meter.js';

function meter(): { meter: ProgressMeter; reports: ProgressReport[]; pass: (ms: number) => void } {
  let now = 1000;
  const reports: ProgressReport[] = [];
  const made = new ProgressMeter(
    's',
    (report) => reports.push(report),
    350,
    () => now,
  );
  return { meter: made, reports, pass: (ms) => (now += ms) };
}

describe('ProgressMeter', () => {
  it('sends at most three a second and always the last', () => {
    const { meter: tested, reports, pass } = meter();
    for (let i = 1; i <= 1000; i++) {
      tested.update({ bytesDone: i });
      pass(1);
    }
    tested.end();
    expect(reports.length).toBeLessThanOrEqual(4);
    expect(reports.at(-1)?.bytesDone).toBe(1000);
  });

  it('never goes back: not in bytes, items or percent, though totals grow', () => {
    const { meter: tested, reports, pass } = meter();
    const steps = [
      { bytesDone: 50, bytesTotal: 100, itemsDone: 5 },
      { bytesDone: 60, bytesTotal: 1000, itemsDone: 6 },
      { bytesDone: 20, bytesTotal: 1000, itemsDone: 2 },
      { bytesDone: 2000, bytesTotal: 1000 },
    ];
    for (const step of steps) {
      tested.update(step);
      pass(400);
    }
    tested.end();
    expect(reports.map((report) => report.bytesDone)).toEqual([50, 60, 60, 2000]);
    expect(reports.map((report) => report.percent)).toEqual([50, 50, 50, 100]);
    expect(reports.map((report) => report.itemsDone)).toEqual([5, 6, 6, 6]);
    expect(reports.at(-1)?.bytesTotal).toBe(2000);
  });

  it('gives the rate of the last seconds', () => {
    const { meter: tested, reports, pass } = meter();
    for (let second = 0; second <= 20; second++) {
      // 1000 bytes a second, then 5000.
      tested.update({ bytesDone: second <= 10 ? second * 1000 : 10_000 + (second - 10) * 5000 });
      pass(1000);
    }
    expect(reports[0]?.bytesPerSecond).toBeNull();
    expect(reports[8]?.bytesPerSecond).toBe(1000);
    expect(reports.at(-1)?.bytesPerSecond).toBe(5000);
  });
});
