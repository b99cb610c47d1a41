import type { ErrorContext } from '../../../common/errors/index.js';
import type { JobJournal, JobWarning, StageProgress } from '../../../engine/ports/index.js';
import { WarningLog, type WarningList } from '../../../engine/snapshot/work/index.js';

/** A journal that also remembers the warnings, for the manifest. */
export class WarningCollector implements JobJournal {
  private readonly log = new WarningLog();

  constructor(private readonly journal: JobJournal) {}

  progress(progress: StageProgress): void {
    this.journal.progress(progress);
  }

  note(message: string, context?: ErrorContext): void {
    this.journal.note(message, context);
  }

  warn(warning: JobWarning): void {
    this.log.add(warning);
    this.journal.warn(warning);
  }

  list(): WarningList {
    return this.log.list();
  }
}
