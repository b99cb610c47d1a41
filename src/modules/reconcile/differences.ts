import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Difference } from './compare.js';

const BATCH = 500;

/** Differences in a file of the run's own, in the order they came: however many there are, memory stays the same. */
export class DifferenceFile {
  private readonly out: WriteStream;
  private failure: Error | null = null;

  constructor(private readonly path: string) {
    this.out = createWriteStream(path, { mode: 0o600 });
    this.out.on('error', (error) => {
      this.failure = error;
    });
  }

  async add(difference: Difference): Promise<void> {
    if (this.failure !== null) throw this.failure;
    if (!this.out.write(`${JSON.stringify(difference)}\n`)) await once(this.out, 'drain');
  }

  /** Nothing is added any more; it can be read now, as often as needed. */
  async finish(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    this.out.end();
    if (!this.out.closed) await once(this.out, 'close');
    if (this.failure !== null) throw this.failure;
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
