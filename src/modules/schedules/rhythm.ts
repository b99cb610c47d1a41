/** `HH:MM`, 24 hours, in the schedule's time zone. */
export type TimeOfDay = string;

/** When a schedule's slots are, in its time zone. Weekdays: 1 = Monday … 7 = Sunday. */
export type Rhythm =
  /** No slot at all: takes a site out of a schedule of a wider scope. */
  | { every: 'never' }
  /** Minute, hour, day of month, month, weekday; the two days are joined by "or" as cron does. */
  | { every: 'cron'; expression: string }
  /** Every `hours` hours (1, 2, 3, 4, 6, 8, 12), counted from midnight, at `minute`. */
  | { every: 'hours'; hours: number; minute: number }
  | { every: 'day'; at: TimeOfDay }
  | { every: 'week'; days: number[]; at: TimeOfDay }
  /** A day that the month does not have is its last one. */
  | { every: 'month'; days: number[]; at: TimeOfDay };

/** Nothing is started from `from` until `until` (past midnight where that is the earlier one), on these weekdays (of `from`; absent = all). */
export interface Blackout {
  from: TimeOfDay;
  until: TimeOfDay;
  days?: number[];
}
