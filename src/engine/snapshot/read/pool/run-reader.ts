import { createHash, hash, type Hash } from 'node:crypto';
import { AppError } from '../../../../common/errors/index.js';
import { FrameContent } from './frame-content.js';
import { FrameCutter, type CutFrame } from './frame-cutter.js';
import type { ContentItem, ContentWriter, DamagedItem, EntrySink, FrameRun } from './types.js';

const DAMAGED = 'stored data is damaged';
/** The reason where the bytes end within a run. */
export const CUT_OFF = 'its bundle ends too early';

interface OpenItem<Item> {
  item: Item;
  skip: number;
  left: number;
  /** Of an item that goes on behind its first frame. */
  digest: Hash | null;
  writer: ContentWriter | null;
  /** Its writer needs no more care: it was finished or undone. */
  isSettled: boolean;
}

export interface RunWatch {
  /** Throws when the work is to end. */
  check(): void;
  /** Bytes of items that were read and are right so far. */
  onBytes(bytes: number): void;
}

/**
 * Reads one run at a time: put bytes of the bundle at `position` into `room`, say how many with `filled`, call `advance`, until it
 * says that nothing more is needed; at the end of the object, or when it can't be read further, `end`.
 */
export class RunReader<Item extends ContentItem> {
  readonly #cutter = new FrameCutter();
  readonly #content = new FrameContent();
  #items: readonly Item[] = [];
  #next = 0;
  #end = 0;
  #open: OpenItem<Item>[] = [];
  #damaged: DamagedItem<Item>[] = [];

  constructor(
    private readonly sink: EntrySink<Item, unknown> | null,
    private readonly watch: RunWatch,
  ) {}

  begin(run: FrameRun<Item>): void {
    this.#items = run.items;
    this.#next = 0;
    this.#open = [];
    this.#damaged = [];
    this.#end = run.offset + run.length;
    this.#cutter.begin(run.offset, this.#end);
  }

  /** Which byte of the bundle is wanted next. */
  get position(): number {
    return this.#cutter.position;
  }

  room(): Buffer {
    return this.#cutter.room();
  }

  filled(bytes: number): void {
    this.#cutter.filled(bytes);
  }

  /** Takes the next bytes of the bundle and works on them; true when all items of the run are settled. */
  feed(bytes: Buffer): boolean {
    let enough = this.advance();
    for (let done = 0; done < bytes.length && !enough;) {
      const room = this.room();
      if (room.length === 0) break;
      const copied = bytes.copy(room, 0, done);
      this.filled(copied);
      done += copied;
      enough = this.advance();
    }
    return enough;
  }

  /** Works on the frames that are there; true when all items of the run are settled. */
  advance(): boolean {
    for (;;) {
      this.watch.check();
      if (!this.#goToWork()) return true;
      let cut: CutFrame | null;
      try {
        cut = this.#cutter.next(this.#items[this.#next]?.offset ?? this.#end);
      } catch (error) {
        checkDamage(error);
        this.#lost();
        continue;
      }
      if (cut === null) return false;
      this.#frame(cut);
    }
  }

  /** No more bytes come, for this reason; gives the items that were not as they should be. */
  end(reason: string): DamagedItem<Item>[] {
    for (const open of this.#open.splice(0)) this.#giveUp(open, reason);
    for (const item of this.#items.slice(this.#next)) this.#damaged.push({ item, reason });
    this.#next = this.#items.length;
    return this.#damaged;
  }

  /** Undoes what is half done. */
  abandon(): void {
    for (const { writer, isSettled } of this.#open.splice(0)) if (!isSettled) writer?.abandon();
  }

  /** Opens the items that begin here; passes over frames that nobody asks for. False when all is settled. */
  #goToWork(): boolean {
    const { offset } = this.#cutter;
    for (
      let item = this.#items[this.#next];
      item !== undefined && item.offset <= offset;
      item = this.#items[this.#next]
    ) {
      this.#next += 1;
      if (item.offset < offset) this.#damaged.push({ item, reason: 'no frame begins where its content should' });
      else this.#open.push({ item, skip: item.skip, left: item.size, digest: null, writer: null, isSettled: false });
    }
    if (this.#open.length > 0) return true;
    const item = this.#items[this.#next];
    if (item === undefined) return false;
    this.#cutter.skipTo(item.offset);
    return this.#goToWork();
  }

  /** There is no frame where one must begin: what is behind it is found again only where an item begins. */
  #lost(): void {
    for (const open of this.#open.splice(0)) this.#giveUp(open, DAMAGED);
    const at = this.#cutter.offset;
    let item = this.#items[this.#next];
    while (item !== undefined && item.offset <= at) {
      this.#damaged.push({ item, reason: DAMAGED });
      this.#next += 1;
      item = this.#items[this.#next];
    }
    if (item !== undefined) this.#cutter.skipTo(item.offset);
  }

  #frame({ offset, buf, frame }: CutFrame): void {
    let content: Buffer;
    try {
      content = this.#content.of(buf, frame);
    } catch (error) {
      checkDamage(error);
      for (const open of this.#open.splice(0)) this.#giveUp(open, DAMAGED);
      return;
    }
    const end = offset + frame.length;
    for (const open of this.#open) {
      if (this.#take(open, content) || end < open.item.offset + open.item.length) continue;
      this.#giveUp(open, `${open.left} bytes of it are missing`);
    }
    // Not before: a sink that fails leaves the others to `abandon`.
    this.#open = this.#open.filter(({ isSettled }) => !isSettled);
  }

  /** Gives the item its part of a frame; true when it is settled. */
  #take(open: OpenItem<Item>, content: Buffer): boolean {
    if (open.skip >= content.length) {
      open.skip -= content.length;
      return false;
    }
    const { item } = open;
    const piece = content.subarray(open.skip, open.skip + open.left);
    open.skip = 0;
    open.left -= piece.length;
    if (open.left > 0 || open.digest !== null) (open.digest ??= createHash('sha256')).update(piece);
    if (open.left > 0) {
      this.#write(open, piece);
      return false;
    }
    const sha256 = open.digest === null ? hash('sha256', piece, 'hex') : open.digest.digest('hex');
    if (sha256 !== item.sha256) {
      this.#giveUp(open, 'its SHA-256 is not the one it had');
      return true;
    }
    this.#write(open, piece);
    // Also when it fails, which it cleans up itself.
    open.isSettled = true;
    open.writer?.finish();
    return true;
  }

  #write(open: OpenItem<Item>, piece: Buffer): void {
    if (this.sink !== null) {
      open.writer ??= this.sink.open(open.item);
      open.writer.write(piece);
    }
    this.watch.onBytes(piece.length);
  }

  #giveUp(open: OpenItem<Item>, reason: string): void {
    open.isSettled = true;
    open.writer?.abandon();
    this.#damaged.push({ item: open.item, reason });
  }
}

/** Throws what is no damage. */
function checkDamage(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'FRAME_DAMAGED') throw error;
}
