/** A length of time: calendar months (a year has 12) and exact milliseconds (a day has 24 hours). */
export interface Duration {
  months: number;
  ms: number;
}

const HOUR_MS = 3_600_000;
const MOST_MONTHS = 12 * 1000;
const MOST_MS = 366_000 * 24 * HOUR_MS;

const ISO =
  /^P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;
/** As restic writes it: `1y6m`, `30d`, `12h`; m is months. */
const SHORT = /^(?:(\d{1,6})y)?(?:(\d{1,6})m)?(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?$/;

/** Reads `P30D`, `P1Y6M`, `PT12H`, or `30d`, `1y6m`, `12h`; null for anything else, for zero and for more than 1000 years. */
export function parseDuration(text: string): Duration | null {
  const found = ISO.exec(text) ?? SHORT.exec(text);
  if (found === null) return null;
  const [years, months, weeks, days, hours, minutes, seconds] = Array.from({ length: 7 }, (_, i) =>
    Number(found[i + 1] ?? 0),
  );
  const calendar = (years ?? 0) * 12 + (months ?? 0);
  const ms =
    ((weeks ?? 0) * 7 + (days ?? 0)) * 24 * HOUR_MS +
    (hours ?? 0) * HOUR_MS +
    (minutes ?? 0) * 60_000 +
    (seconds ?? 0) * 1000;
  if (calendar + ms === 0 || calendar > MOST_MONTHS || ms > MOST_MS) return null;
  return { months: calendar, ms };
}

/** The moment that lies this long before; a month back from 31 March is the last day of February. In UTC. */
export function before(at: Date, { months, ms }: Duration): Date {
  const day = new Date(at);
  if (months > 0) {
    const dayOfMonth = day.getUTCDate();
    day.setUTCDate(1);
    day.setUTCMonth(day.getUTCMonth() - months);
    const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
    day.setUTCDate(Math.min(dayOfMonth, last));
  }
  return new Date(day.getTime() - ms);
}
