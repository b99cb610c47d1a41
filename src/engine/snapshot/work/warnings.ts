import type { JobWarning } from '../../ports/job-context.js';

const KEPT = 200;

export interface WarningList {
  warnings: { code: string; message: string }[];
  moreWarnings: number;
}

/** Collects warnings for the manifest: the first ones in full, the others counted. */
export class WarningLog {
  readonly kept: { code: string; message: string }[] = [];
  private more = 0;

  add({ code, message }: Pick<JobWarning, 'code' | 'message'>): void {
    if (this.kept.length < KEPT) this.kept.push({ code, message });
    else this.more += 1;
  }

  addAll(list: WarningList): void {
    for (const warning of list.warnings) this.add(warning);
    this.more += list.moreWarnings;
  }

  list(): WarningList {
    return { warnings: [...this.kept], moreWarnings: this.more };
  }
}
