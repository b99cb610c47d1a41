import { createReadStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Difference } from './compare.js';

const BATCH = 500;

/** Differences in a file of the run's own, in the order they came: however many there are, memory stays the same. */
export class DifferenceFile {
  private pending: string[] = [];

  constructor(private readonly path: string) {}

  async add(difference: Difference): Promise<void> {
    this.pending.push(`${JSON.stringify(difference)}\n`);
    if (this.pending.length >= BATCH) await this.finish();
  }

  /** What was added can be read now, as often as needed. */
  async finish(): Promise<void> {
    const text = this.pending.join('');
    this.pending = [];
    await appendFile(this.path, text, { mode: 0o600 });
  }

  /** A few hundred at a time. */
  async *batches(): AsyncGenerator<Difference[]> {
    let batch: Difference[] = [];
    const lines = createInterface({ input: createReadStream(this.path), crlfDelay: Infinity });
    for await (const line of lines) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written above
      batch.push(JSON.parse(line) as Difference);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
}
