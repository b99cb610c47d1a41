import type { DatabasePart, ManifestDatabaseInfo } from '../snapshot/manifest/types.js';

/** One tar member that is not a file of the site (a piece of a dump, a note). */
export interface MemberSpec {
  /** Member path: ASCII, relative, e.g. `database/0001-wp_posts.000001.sql`. */
  path: string;
  /** Exact size of the content in bytes. */
  size: number;
  /** For dump pieces: the real table name (any bytes that are UTF-8) and what the piece is. */
  table?: string;
  part?: DatabasePart;
  /** Rows in the piece, where known. */
  rows?: number;
  /** SHA-256 of the content in hex, where the caller has it already: taken at its word for content in memory. */
  sha256?: string;
  /** Owner, mode and time of the member; default 0:0, 0600, the time of writing. A SQLite file keeps those of its original. */
  attributes?: { mode: number; uid: number; gid: number; mtimeNs: bigint };
}

/**
 * Takes members in path order and writes them as tar members in zstd frames into the job's work folder.
 * Not durable until `finish`. Back-pressure: await each add.
 */
export interface MemberSink {
  /** Content must be exactly `spec.size` bytes, else MEMBER_SIZE_MISMATCH. Its memory is the caller's again afterwards. */
  add(spec: MemberSpec, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** Total bytes of content so far. */
  readonly bytes: number;
}

/** Facts about the dumped database that go into the manifest header. */
export type DatabaseSummary = ManifestDatabaseInfo;
