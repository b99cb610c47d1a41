const FIRST_BYTES = 64 * 1024;
const FIRST_NAMES = 2048;
/** Of a `linux_dirent64`: its length, and where the name begins. */
const LENGTH_AT = 16;
const NAME_AT = 19;
const DOT = 0x2e;

/**
 * The names of the folders on the way down, packed: each folder's are put on top, sorted, and taken off when it is done.
 * About 5 bytes a name beside the name itself.
 */
export class NameStack {
  private bytes = new Uint8Array(FIRST_BYTES);
  private starts = new Uint32Array(FIRST_NAMES);
  private count = 0;
  private used = 0;

  /** Number of names on the stack. */
  get size(): number {
    return this.count;
  }

  /** Adds the names in a buffer of directory records, but `.` and `..`. */
  addRecords(records: Uint8Array, length: number): void {
    for (let at = 0; at < length;) {
      const recordLength = (records[at + LENGTH_AT] ?? 0) | ((records[at + LENGTH_AT + 1] ?? 0) << 8);
      this.addName(records, at + NAME_AT);
      at += recordLength;
    }
  }

  /** Sorts the names from this one to the top by their bytes. */
  sort(from: number): void {
    const { bytes } = this;
    this.starts.subarray(from, this.count).sort((a, b) => compareNames(bytes, a, b));
  }

  /** Copies a name and a NUL into the buffer; gives the name's length. */
  copy(index: number, into: Uint8Array): number {
    const { bytes } = this;
    let at = this.starts[index] ?? 0;
    let length = 0;
    for (let byte = bytes[at] ?? 0; byte !== 0; byte = bytes[at] ?? 0) {
      into[length] = byte;
      length += 1;
      at += 1;
    }
    into[length] = 0;
    return length;
  }

  /** Takes off all names from this one on; `bytes` is what `mark` was before they were added. */
  release(from: number, mark: number): void {
    this.count = from;
    this.used = mark;
  }

  get mark(): number {
    return this.used;
  }

  private addName(source: Uint8Array, from: number): void {
    let end = from;
    while (source[end] !== 0) end += 1;
    const length = end - from;
    if (source[from] === DOT && (length === 1 || (length === 2 && source[from + 1] === DOT))) return;
    if (this.used + length + 1 > this.bytes.length)
      this.bytes = grown(this.bytes, new Uint8Array(this.bytes.length * 2));
    if (this.count === this.starts.length) this.starts = grown(this.starts, new Uint32Array(this.starts.length * 2));
    const { bytes, used } = this;
    for (let i = 0; i < length; i += 1) bytes[used + i] = source[from + i] ?? 0;
    bytes[used + length] = 0;
    this.starts[this.count] = used;
    this.count += 1;
    this.used += length + 1;
  }
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The NUL after each name sorts a name before all that it begins. */
function compareNames(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; ; i += 1) {
    const x = bytes[a + i] ?? 0;
    const y = bytes[b + i] ?? 0;
    if (x !== y) return x - y;
    if (x === 0) return 0;
  }
}
