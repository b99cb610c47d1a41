import type { Difference } from './compare.js';
import type { StoredFinding } from './reconciliation.entity.js';

/** Findings that are kept; the counts are of all. */
export const KEPT_FINDINGS = 1000;
/** Of these at most so many of foreign objects: a shared bucket must not crowd out what matters. */
const KEPT_FOREIGN = 100;

type Action = StoredFinding['action'];

/** Counts of everything, and the first findings. */
export class Report {
  private readonly numbers = new Map<string, number>();
  private readonly kept = new Map<string, StoredFinding>();
  private foreign = 0;

  count(name: string, by = 1): void {
    this.numbers.set(name, (this.numbers.get(name) ?? 0) + by);
  }

  set(numbers: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(numbers)) this.numbers.set(name, value);
  }

  /** Enters a difference that has been confirmed; nothing was done about it yet. */
  add({ kind, key, expectedBytes, storedBytes }: Difference, note: string | null = null): void {
    this.count(kind);
    if (kind === 'orphan' || kind === 'foreign') this.count(`${kind}Bytes`, storedBytes ?? 0);
    if (kind === 'back' || this.kept.size >= KEPT_FINDINGS) return;
    if (kind === 'foreign' && ++this.foreign > KEPT_FOREIGN) return;
    this.kept.set(key, { kind, key, expectedBytes, storedBytes, action: 'none', note });
  }

  /** What was done about it; counted by the action's name. The last word counts for the finding itself. */
  act(key: string, action: Action, note: string | null = null): void {
    this.count(action);
    const finding = this.kept.get(key);
    if (finding === undefined) return;
    finding.action = action;
    finding.note = note ?? finding.note;
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(this.numbers);
  }

  get findings(): StoredFinding[] {
    return [...this.kept.values()];
  }
}
