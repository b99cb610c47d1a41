const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for a person, in powers of 1000 as the command line has them: `1.4 GB`. */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined || !Number.isFinite(size)) return '–';
  let value = Math.max(0, size);
  let unit = 0;
  while (value >= 999.5 && unit < DECIMAL.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${DECIMAL[unit] ?? 'B'}`;
}

/** Seconds for a person: `8.0 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 172_800)
    return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** Counts with grouping: `12 345`. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** `1 file`, `2 files`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** With a capital at its beginning, as a text by itself has. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `backup_db` → `Backup db`, `fileCount` → `File count`: names of the API that have no text of their own. */
export function words(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, (_all, before: string, letter: string) => `${before} ${letter.toLowerCase()}`)
    .replaceAll(/[_.-]+/g, ' ')
    .trim();
  return sentenceCase(text);
}
