import { mirrorReadDoubtful, mirrorWouldEmpty } from './mirror.errors.js';
import type { TableBalance } from './local-rows.js';

/** Smaller tables may lose most of their rows without a second look. */
const MANY_ROWS = 20;

/** Sites and backups together: what a catalogue is about. */
function sum(balance: readonly TableBalance[], field: 'rows' | 'mirrored' | 'gone'): number {
  return balance
    .filter(({ table }) => table === 'site' || table === 'backup')
    .reduce((all, row) => all + row[field], 0);
}

/**
 * An empty catalogue is more often a fresh database than one whose sites were all deleted. So is, where the mirror's rows are not of
 * this database's own sending (`adopted`), one that lacks most of them. Error: MIRROR_WOULD_EMPTY.
 */
export function refuseToEmpty(balance: readonly TableBalance[], adopted: boolean): void {
  const [rows, mirrored, gone] = [sum(balance, 'rows'), sum(balance, 'mirrored'), sum(balance, 'gone')];
  if (rows === 0 && mirrored > 0) throw mirrorWouldEmpty(mirrored, gone);
  if (adopted && gone * 2 > mirrored) throw mirrorWouldEmpty(mirrored, gone);
}

/** Tables that seem to have lost more than half of many rows: to be believed only when a second read says the same. */
export function losses(balance: readonly TableBalance[]): string[] {
  return balance.filter(({ mirrored, gone }) => mirrored >= MANY_ROWS && gone * 2 > mirrored).map(({ table }) => table);
}

/** Error: MIRROR_READ_DOUBTFUL. */
export function confirmLosses(first: readonly TableBalance[], second: readonly TableBalance[]): void {
  const again = new Set(losses(second));
  const doubtful = losses(first).filter((table) => !again.has(table));
  if (doubtful.length > 0) throw mirrorReadDoubtful(doubtful);
}
