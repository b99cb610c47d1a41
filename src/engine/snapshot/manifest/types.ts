/**
 * The manifest's lines, format version 1. docs/storage-format.md is the contract; this file is its TypeScript.
 * NDJSON: one header line, then entry lines in path order, then one trailer line. Byte counts are JSON numbers (< 2^53).
 */
export const MANIFEST_FORMAT = 'backupd-manifest/1';

/** A bundle that this manifest points into. */
export interface ManifestBundle {
  /** What entries use; the same in every manifest of this site that names the bundle. */
  id: number;
  key: string;
  size: number;
  sha256: string;
  /** Number of zstd frames with data (their index is the seek table at the bundle's end). */
  frames: number;
  /** Stored bytes of content (sum of its entries' stored sizes) that were put into it when it was made. */
  content: number;
  /** How many of these this manifest points to: the sum of the stored sizes of its entries there. */
  live: number;
}

export interface ManifestDatabaseInfo {
  engine: 'mysql' | 'mariadb' | 'sqlite';
  /** Server version as it reports itself; for SQLite the library's. */
  version: string;
  /** Client program and version that made the dump; null for SQLite. */
  client: string | null;
  name: string;
  /** Default character set and collation of the database. */
  charset: string | null;
  collation: string | null;
  tablePrefix: string;
  /** Character set of the dump's bytes: what SET NAMES must say when it is loaded. */
  dumpCharset: string | null;
  /** SQLite only: absolute path of the file. */
  file?: string;
  tables: number;
  /** When the dump's consistent snapshot was taken. */
  takenAt: string;
}

export interface ManifestHeader {
  kind: 'header';
  format: typeof MANIFEST_FORMAT;
  backupId: string;
  /** Id of the bundle that this backup made. */
  own: number;
  site: { id: string; name: string; url: string | null; module: string; path: string; node: string };
  /** The backup this one was compared with; null for a full one. */
  parent: string | null;
  startedAt: string;
  /** When the walk of the files began. */
  filesAt: string;
  /** When every file was last read: `startedAt` of this backup when it is full or re-reading, else as in the parent. */
  readAllAt: string;
  tool: { name: 'backupd'; version: string; node: string };
  database: ManifestDatabaseInfo | null;
  bundles: ManifestBundle[];
  /** Module facts needed to restore, no secrets (for WordPress: layout, relative ABSPATH, content dir). */
  facts: Record<string, unknown>;
  excludes: { pattern: string; files: number; bytes: number }[];
}

export type EntryType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo';
export type DatabasePart =
  | 'preamble'
  | 'schema'
  | 'data'
  | 'triggers'
  | 'counters'
  | 'routines'
  | 'events'
  | 'view'
  | 'epilogue'
  | 'sqlite';

/**
 * Where an entry's bytes are: fetch `[offset, offset+length)` of bundle `bundle` (a whole number of zstd frames),
 * decompress, skip `skip` bytes, take the entry's stored size. With curl, zstd and tail that is one line.
 */
export interface ContentLocation {
  bundle: number;
  offset: number;
  length: number;
  skip: number;
  /**
   * Name of the tar member in that bundle when it is not just this entry (content found again by its hash); base64 of its
   * bytes in `memberBase64` where it is not UTF-8.
   */
  member?: string;
  memberBase64?: string;
}

export interface ManifestEntry {
  kind: 'entry';
  /**
   * Tar member path, UTF-8: `backupd/…`, `database/…`, `external/<absolute path>`, `files/<path from the site root>` (the root itself is `files`).
   * A path that is not valid UTF-8 is given as base64 of its bytes in `pathBase64` and `path` is absent.
   */
  path?: string;
  pathBase64?: string;
  type: EntryType;
  /** Logical size in bytes (0 for all but files). */
  size: number;
  /** Permission bits with setuid, setgid, sticky; e.g. 420 for 0644. */
  mode: number;
  uid: number;
  gid: number;
  user?: string;
  group?: string;
  /** Nanoseconds since the epoch, decimal text (beyond 2^53). */
  mtime: string;
  ctime?: string;
  inode?: string;
  /** Device of the inode; an inode is only compared within one device. */
  dev?: string;
  /** Link target of a symlink, or the member path of a hard link's first name; base64 where not UTF-8. */
  target?: string;
  targetBase64?: string;
  /** Name to base64 of the value. ACLs are `system.posix_acl_*`. */
  xattrs?: Record<string, string>;
  /**
   * Data extents `[offset, length]` of a sparse file; absent when it has no holes. The member is then a GNU sparse 1.0
   * member, and its stored bytes are the extents, one after the other.
   */
  extents?: [number, number][];
  /** SHA-256, hex, of the content: of the extents' bytes in a row for a sparse file, else of all bytes. Files only. */
  sha256?: string;
  /** Absent for entries without bytes (dirs, links, empty files). */
  in?: ContentLocation;
  /** The file changed while it was read: what is stored is a consistent size but maybe not one moment's content. */
  changed?: true;
  table?: string;
  part?: DatabasePart;
  rows?: number;
}

/** The backup that a new one is compared with. */
export interface ParentBackup {
  backupId: string;
  header: ManifestHeader;
  /** A local copy of its manifest in the work folder whose checksum was compared. */
  manifestPath: string;
  /** Ids of bundles that are not (whole) on every destination: what lies in them is stored again. */
  gone: ReadonlySet<number>;
}

export interface ManifestTrailer {
  kind: 'trailer';
  entries: number;
  files: number;
  /** Sum of the sizes of all files. */
  fileBytes: number;
  databaseBytes: number;
  /** Rows in all tables; null without a database, absent in manifests from before it was counted. */
  databaseRows?: number | null;
  /** Bytes of the backup's own bundle. */
  storedBytes: number;
  warnings: { code: string; message: string }[];
  /** Warnings beyond the kept ones. */
  moreWarnings: number;
  finishedAt: string;
}

export type ManifestLine = ManifestHeader | ManifestEntry | ManifestTrailer;
