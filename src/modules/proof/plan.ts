const DAY_MS = 86_400_000;

/** What a person sets. A budget is of each provider and each day. */
export interface ProofSettings {
  /** Every byte of every copy is read again within so many days. */
  everyDays: number;
  /** At most so many bytes a day; null: as many as that needs. */
  budgetBytes: number | null;
  /** At most so many minutes a day; null: as many as that needs. */
  budgetMinutes: number | null;
}

/** What is left of the days' budgets, kept between portions. Below zero after an object larger than what was left. */
export interface ProofCredit {
  bytes: number;
  milliseconds: number;
  /** When it was last filled. */
  at: Date;
}

/** How many bytes were last proven so many whole days ago. */
export interface AgeGroup {
  days: number;
  bytes: number;
}

/**
 * How old an object may get before it is read whatever the budget is: the rest until `everyDays` is for outages, and for what takes
 * long to read.
 */
export function dueAfterMs({ everyDays }: ProofSettings): number {
  return (everyDays - Math.min(2, everyDays / 5)) * DAY_MS;
}

/** What is younger is not worth reading again yet. */
export function restsForMs(settings: ProofSettings): number {
  return Math.min(DAY_MS, dueAfterMs(settings) / 2);
}

/**
 * How many bytes a day must be read from now on, oldest first, so that nothing gets older than `dueAfterMs`: the steepest of all
 * demands "what is due by then, until then". Of a storage that does not change it is all bytes over all days.
 */
export function neededBytesPerDay(groups: readonly AgeGroup[], settings: ProofSettings): number {
  const dueDays = dueAfterMs(settings) / DAY_MS;
  let sum = 0;
  let needed = 0;
  for (const { days, bytes } of groups.toSorted((a, b) => b.days - a.days)) {
    sum += bytes;
    // The group's oldest is almost a day older than the group says.
    const left = Math.max(dueDays - days - 1, Math.min(1, dueDays));
    needed = Math.max(needed, sum / left);
  }
  return needed;
}

/** The credit at this time: never more than a day's. What a pause cost is in what is needed per day by then. */
export function fillCredit(credit: ProofCredit, neededPerDay: number, settings: ProofSettings, now: Date): ProofCredit {
  const share = Math.max(0, (now.getTime() - credit.at.getTime()) / DAY_MS);
  const perDay = settings.budgetBytes ?? neededPerDay;
  const minutes = settings.budgetMinutes ?? 0;
  return {
    bytes: Math.min(perDay, credit.bytes + perDay * share),
    milliseconds: Math.min(minutes * 60_000, credit.milliseconds + minutes * 60_000 * share),
    at: now,
  };
}

/** Whether the next object, the one that was proven longest ago, is read now. */
export function isRead(provenAt: Date, credit: ProofCredit, settings: ProofSettings, now: Date): boolean {
  const age = now.getTime() - provenAt.getTime();
  const { budgetBytes, budgetMinutes } = settings;
  const isAllowed = (budgetBytes === null || credit.bytes > 0) && (budgetMinutes === null || credit.milliseconds > 0);
  if (age >= dueAfterMs(settings)) return isAllowed;
  if (age < restsForMs(settings)) return false;
  // With minutes only, the minutes are what is there to be used.
  return isAllowed && (credit.bytes > 0 || (budgetBytes === null && budgetMinutes !== null));
}

/** Whether `everyDays` is kept with the budget; null when a budget of minutes can't be judged yet. */
export function isGuaranteed(
  neededPerDay: number,
  settings: ProofSettings,
  bytesPerSecond: number | null,
): boolean | null {
  const { budgetBytes, budgetMinutes } = settings;
  if (budgetBytes !== null && budgetBytes < neededPerDay) return false;
  if (budgetMinutes === null) return true;
  if (bytesPerSecond === null) return neededPerDay === 0 ? true : null;
  return bytesPerSecond * budgetMinutes * 60 >= neededPerDay;
}
