import { freeBuffer, grown } from '../../native/free-buffer.js';
import { entryFacts, type LineFacts, type ManifestEntry } from '../manifest/index.js';

const FIRST_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** Of one UTF-16 unit. */
const MAX_UTF8_BYTES = 3;
/** Numbers for each line: where it ends, size (of a file), id of the bundle, bytes stored there. */
const NUMBERS = 4;
const NONE = -1;

/** Finished lines of the manifest on their way from a worker: buffers that change hands, and no object for each line. */
export interface PackedText {
  /** The lines, each with its newline. */
  text: Uint8Array<ArrayBuffer>;
  /** What each says; a line that ends where it begins was left out. */
  numbers: Float64Array<ArrayBuffer>;
}

/** Gathers finished lines; its buffer is used again after `take`. */
export class PackedLinesWriter {
  private text = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private used = 0;
  private numbers: number[] = [];

  /** Adds an entry's line; null: it was left out. */
  add(entry: ManifestEntry | null): void {
    if (entry === null) {
      this.numbers.push(this.used, NONE, NONE, 0);
      return;
    }
    const line = JSON.stringify(entry);
    this.text = grown(this.text, this.used, this.used + line.length * MAX_UTF8_BYTES + 1);
    this.used += this.text.write(line, this.used);
    this.text[this.used] = NEWLINE;
    this.used += 1;
    const { file, size, bundle, stored } = entryFacts(entry);
    this.numbers.push(this.used, file ? size : NONE, bundle ?? NONE, stored);
  }

  /** The lines so far, in memory of their own. */
  take(): PackedText {
    const taken = { text: new Uint8Array(this.text.subarray(0, this.used)), numbers: new Float64Array(this.numbers) };
    this.used = 0;
    this.numbers = [];
    return taken;
  }
}

/** Finished lines that came from a worker. */
export class PackedLines {
  readonly text: Buffer;
  private readonly numbers: Float64Array;
  private readonly current: LineFacts = { file: false, size: 0, bundle: null, stored: 0 };

  constructor(packed: PackedText) {
    this.text = Buffer.from(packed.text.buffer, packed.text.byteOffset, packed.text.length);
    this.numbers = packed.numbers;
  }

  /** Whether the line was left out. */
  isMissing(place: number): boolean {
    return this.end(place) === this.start(place);
  }

  /** The line is `text[start, end)`, with its newline. */
  start(place: number): number {
    return place === 0 ? 0 : this.end(place - 1);
  }

  end(place: number): number {
    return this.number(place, 0);
  }

  /** What a line says; only valid until the next is asked for. */
  facts(place: number): Readonly<LineFacts> {
    const { current } = this;
    const size = this.number(place, 1);
    const bundle = this.number(place, 2);
    current.file = size !== NONE;
    current.size = current.file ? size : 0;
    current.bundle = bundle === NONE ? null : bundle;
    current.stored = this.number(place, 3);
    return current;
  }

  /** A line as text, without its newline; null where it was left out. */
  line(place: number): string | null {
    return this.isMissing(place) ? null : this.text.toString('utf8', this.start(place), this.end(place) - 1);
  }

  /** Gives the memory back. */
  free(): void {
    freeBuffer(this.text);
  }

  private number(place: number, which: number): number {
    return this.numbers[place * NUMBERS + which] ?? 0;
  }
}
