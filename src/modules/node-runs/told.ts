import type { JobJournal } from '../../engine/ports/index.js';
import type { BeginAnswer } from '../node-protocol/index.js';

/** More than any extension says. */
const MAX_NOTES = 200;

/** Collects what is said on the way, for the node to tell. */
export class Told implements JobJournal {
  readonly answer: BeginAnswer = { notes: [], warnings: [] };

  progress(): void {
    // Nothing is counted here.
  }

  warn(warning: BeginAnswer['warnings'][number]): void {
    if (this.answer.warnings.length < MAX_NOTES) this.answer.warnings.push(warning);
  }

  note(message: string, context: Record<string, unknown> = {}): void {
    if (this.answer.notes.length < MAX_NOTES) this.answer.notes.push({ message, context });
  }
}
