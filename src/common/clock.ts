/** The source of time; tests replace it. All times in backupd are UTC. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** `yyyymmddThhmmssZ`, as used in storage keys. */
export function compactUtc(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}
