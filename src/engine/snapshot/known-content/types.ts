/** What a thread needs to open a `KnownContent`: may be sent to a worker. The record file stays in the work folder. */
export interface SharedKnownContent {
  /** Slots of 16 bytes: 8 bytes of the key's hash, then the record's place in the file plus one (0 = empty). */
  slots: SharedArrayBuffer;
  recordPath: string;
  entries: number;
}
