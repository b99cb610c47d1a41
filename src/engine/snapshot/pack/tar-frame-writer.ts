import { tarHeader, tarPadding, type TarMember } from '../tar/index.js';
import { SeekTableBuilder } from '../zstd/index.js';
import type { FrameStore } from './frame-stores.js';

/** Where a member's content is: frames by number within this writer. */
export interface MemberSpan {
  firstFrame: number;
  lastFrame: number;
  skip: number;
}

/**
 * Writes tar members as zstd frames from a position of a file on; one frame is stored while the next one fills. For the main
 * thread: dump pieces, notes, hard links. Not durable by itself. The store is the caller's to close.
 */
export class TarFrameWriter {
  /** Sizes of the frames written or being written. */
  readonly frames = new SeekTableBuilder();
  private readonly starts: number[];
  private slot: 0 | 1 = 0;
  private used = 0;
  private closed = 0;
  private inFlight: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: FrameStore,
    offset: number,
  ) {
    this.starts = [offset];
  }

  /** First byte after the frames written so far. */
  get end(): number {
    return this.starts.at(-1) ?? 0;
  }

  /** Adds a member; content that is not exactly its size is the caller's fault and leaves the writer unusable. */
  async add(member: TarMember, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<MemberSpan | null> {
    const header = tarHeader(member);
    const padding = tarPadding(member.size);
    await this.beginMember(header.length + member.size + padding.length);
    await this.append(header);
    const span = { firstFrame: this.closed, lastFrame: this.closed, skip: this.used };
    for await (const chunk of content) await this.append(chunk);
    span.lastFrame = this.used === 0 ? this.closed - 1 : this.closed;
    await this.append(padding);
    return member.size === 0 ? null : span;
  }

  /** Adds bytes that are tar already. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      const room = Math.min(bytes.length - from, this.buffer.length - this.used);
      this.buffer.set(bytes.subarray(from, from + room), this.used);
      this.used += room;
      from += room;
      // eslint-disable-next-line no-await-in-loop -- a frame at a time
      if (this.used === this.buffer.length) await this.closeFrame();
    }
  }

  /** Ends the current frame and waits until all are written. */
  async flush(): Promise<void> {
    if (this.used > 0) await this.closeFrame();
    await this.inFlight;
  }

  /** Frames that are in the file. */
  get writtenFrames(): number {
    return this.starts.length - 1;
  }

  /** The bytes of a span whose frames are written, relative to the file. */
  locate(span: MemberSpan): { offset: number; length: number; skip: number } {
    const offset = this.starts[span.firstFrame] ?? 0;
    return { offset, length: (this.starts[span.lastFrame + 1] ?? 0) - offset, skip: span.skip };
  }

  private get buffer(): Buffer {
    return this.store.slots[this.slot];
  }

  private async beginMember(bytes: number): Promise<void> {
    if (this.used > 0 && bytes <= this.buffer.length && this.used + bytes > this.buffer.length) await this.closeFrame();
  }

  private async closeFrame(): Promise<void> {
    await this.inFlight;
    const { slot, used } = this;
    this.slot = slot === 0 ? 1 : 0;
    this.used = 0;
    this.closed += 1;
    this.inFlight = this.writeFrame(slot, used);
    // A failure shows at the next await of it.
    this.inFlight.catch(() => undefined);
  }

  private async writeFrame(slot: 0 | 1, length: number): Promise<void> {
    const start = this.end;
    const bytes = await this.store.store(slot, length, start);
    this.frames.add(bytes, length);
    this.starts.push(start + bytes);
  }
}
