import type { ErrorContext } from '../../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../../../engine/ports/index.js';

const KEPT = 200;

/** Warnings as the manifest keeps them. */
export interface WarningList {
  warnings: { code: string; message: string }[];
  moreWarnings: number;
}

/** A journal that also remembers the warnings, for the manifest. */
export class WarningCollector implements JobJournal {
  private readonly kept: { code: string; message: string }[] = [];
  private more = 0;

  constructor(private readonly journal: JobJournal) {}

  progress(progress: StageProgress): void {
    this.journal.progress(progress);
  }

  note(message: string, context?: ErrorContext): void {
    this.journal.note(message, context);
  }

  warn(warning: JobWarning): void {
    if (this.kept.length < KEPT) this.kept.push({ code: warning.code, message: warning.message });
    else this.more += 1;
    this.journal.warn(warning);
  }

  list(): WarningList {
    return { warnings: [...this.kept], moreWarnings: this.more };
  }
}
