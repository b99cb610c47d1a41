/** Stored bytes that are to be read back: those of one entry. Callers add what their sink needs (structured-cloneable). */
export interface ContentItem {
  /** The frames it lies in: `[offset, offset + length)` of the bundle, and the content to pass over in them. */
  offset: number;
  length: number;
  skip: number;
  /** Stored bytes (of a file with holes: of its extents). At least 1. */
  size: number;
  /** SHA-256 of these, hex. */
  sha256: string;
}

/** Whole frames of one bundle, read one after the other by one thread, with the items whose content lies in them. */
export interface FrameRun<Item extends ContentItem = ContentItem> {
  bundle: number;
  offset: number;
  /** Mostly a few MiB; more only when one item is larger. */
  length: number;
  /** In the order of `offset`, then `skip`. None reaches beyond the run. */
  items: Item[];
}

/** Content that one thread writes (or uses otherwise), bit by bit. */
export interface ContentWriter<Out> {
  /** The next bytes, in order. Only valid during the call. */
  write(piece: Buffer): void;
  /** All bytes were given and their SHA-256 is right. What it returns reaches the pool's caller. */
  finish(): Out | undefined;
  /** The content is not what was written when the backup was made: undo. */
  abandon(): void;
}

/**
 * What a thread of the pool does with content besides checking it. Synchronous. Content within one frame is checked before
 * `open`; of a longer one the SHA-256 is known at `finish`. Several may be open at a time. What it throws ends the whole pool.
 */
export interface EntrySink<Item extends ContentItem, Out> {
  open(item: Item): ContentWriter<Out>;
  /** Called once, when no more items come. */
  close?(): void;
}

/** What became of a run. Items that are not in `damaged` were read and are right. */
export interface RunOutcome<Item extends ContentItem, Out> {
  run: FrameRun<Item>;
  damaged: { item: Item; reason: string }[];
  /** Frames that can't be read. */
  lost: LostFrame[];
  /** What the sink's `finish` gave. */
  results: { item: Item; value: Out }[];
  /** Compressed and content bytes of each frame read, alternating. */
  frames: number[];
  /** The storage has no such object; then all its items are damaged. */
  missing: boolean;
}

export interface LostFrame {
  /** In the bundle. */
  offset: number;
  reason: string;
}
