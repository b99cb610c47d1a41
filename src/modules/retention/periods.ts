/** The periods of which a policy keeps one backup each, shortest first. */
export const PERIODS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Period = (typeof PERIODS)[number];

const DAY_MS = 86_400_000;

/** Tells in which hour, day, ISO week, month and year of a time zone a moment lies. */
export class Calendar {
  private readonly format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      // The hour that comes twice when the clocks go back is two hours.
      timeZoneName: 'longOffset',
    });
  }

  /** Names of the periods, the same for two moments exactly when they lie in the same one. */
  periodsOf(at: Date): Record<Period, string> {
    const parts = new Map(this.format.formatToParts(at).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
    const [year, month, day] = [part('year').padStart(4, '0'), part('month'), part('day')];
    return {
      hourly: `${year}-${month}-${day} ${part('hour')}:00 ${part('timeZoneName')}`,
      daily: `${year}-${month}-${day}`,
      weekly: isoWeek(Number(year), Number(month), Number(day)),
      monthly: `${year}-${month}`,
      yearly: year,
    };
  }
}

/** `2026-W01`: the week belongs to the year that has its Thursday. */
function isoWeek(year: number, month: number, day: number): string {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - weekday) * DAY_MS;
  const weekYear = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(weekYear, 0, 1)) / (7 * DAY_MS));
  return `${String(weekYear).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}
