import type { JobJournal } from '../../../engine/ports/index.js';

/** Progress that never goes back, also when a dump is made again. */
export class DumpProgress {
  private bytes = 0;

  constructor(private readonly journal: JobJournal) {}

  report(bytes: number, estimate: number, tables: number, allTables: number, current: string | null): void {
    this.bytes = Math.max(this.bytes, bytes);
    this.journal.progress({
      bytesDone: this.bytes,
      bytesTotal: Math.max(estimate, this.bytes),
      itemsDone: Math.max(0, tables - 1),
      itemsTotal: Math.max(allTables, tables),
      ...(current === null ? {} : { current }),
    });
  }

  finish(tables: number): void {
    this.journal.progress({ bytesDone: this.bytes, bytesTotal: this.bytes, itemsDone: tables, itemsTotal: tables });
  }
}
