/** Units in powers of 1000. */
export const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for a person: `1.4 GB`. Always in powers of 1000, as disks and buckets are sold. */
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
