const MAX_BYTES = 4096;

/** The end of a text of any length. */
export class LastText {
  #kept: Buffer = Buffer.alloc(0);
  #cut = false;

  add(part: Buffer): void {
    const whole = Buffer.concat([this.#kept, part.subarray(-MAX_BYTES)]);
    this.#cut ||= part.length > MAX_BYTES || whole.length > MAX_BYTES;
    this.#kept = whole.subarray(-MAX_BYTES);
  }

  get text(): string {
    return `${this.#cut ? '… ' : ''}${this.#kept.toString('utf8')}`.trim();
  }
}
