import type { MirrorRow } from './remote-mirror.js';

const BATCH_ROWS = 500;
/** Of one request's JSON; below what D1 takes as one value. */
const BATCH_BYTES = 500_000;

/** Gathers rows of one table into requests of a bounded size. */
export class RowBatch {
  private rows: MirrorRow[] = [];
  private bytes = 0;

  constructor(private readonly send: (rows: readonly MirrorRow[]) => Promise<void>) {}

  async add(row: MirrorRow): Promise<void> {
    const bytes = Buffer.byteLength(JSON.stringify(row));
    if (this.rows.length >= BATCH_ROWS || this.bytes + bytes > BATCH_BYTES) await this.flush();
    this.rows.push(row);
    this.bytes += bytes;
  }

  async flush(): Promise<void> {
    const { rows } = this;
    if (rows.length === 0) return;
    await this.send(rows);
    this.rows = [];
    this.bytes = 0;
  }
}
