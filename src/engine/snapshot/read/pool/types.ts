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
export interface ContentWriter {
  /** The next bytes, in order. Only valid during the call. */
  write(piece: Buffer): void;
  /** All bytes were given and their SHA-256 is right. When it throws it has undone everything itself. */
  finish(): void;
  /** The content is not what was written when the backup was made, or the work ends: undo. */
  abandon(): void;
}

/**
 * What a thread of the pool does with content besides checking it. Synchronous. Content within one frame is checked before
 * `open`; of a longer one the SHA-256 is known at `finish`. Several may be open at a time. What it throws ends the whole pool.
 */
export interface EntrySink<Item extends ContentItem, Summary> {
  open(item: Item): ContentWriter;
  /** Called once, when no more items come; what it returns reaches the pool's caller (structured-cloneable). */
  close(): Summary;
}

/** An item whose content is not what was written, with the reason in words for a person. */
export interface DamagedItem<Item extends ContentItem = ContentItem> {
  item: Item;
  reason: string;
}
