import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../../../common/errors/index.js';
import { entryPath, entryTarget } from '../manifest/paths.js';
import type { ManifestEntry } from '../manifest/types.js';
import type { Excluded } from './exclude.js';
import { LinkTable } from './link-table.js';
import { FILE, RecordReader, SKIPPED, UNREADABLE, type RecordBatch } from './record.js';
import { TreeScan } from './tree-scan.js';
import type { WalkEntry, WalkOptions } from './types.js';

const BATCH_BYTES = 128 * 1024;
const SLICE_MS = 15;

/**
 * Walks trees in path order and gives what it finds as objects: for small work. A file with several names is a file at
 * its first and a hard link at the others.
 */
export class Walk {
  private readonly scan: TreeScan;
  private readonly links = new LinkTable();

  /** Throws EXCLUDE_PATTERN_INVALID. */
  constructor(private readonly options: WalkOptions) {
    this.scan = new TreeScan(options);
  }

  /** What each pattern kept out, so far. */
  get excluded(): readonly Excluded[] {
    return this.scan.excluded;
  }

  /**
   * The entries, in path order over all roots. Throws SITE_UNREADABLE when the site's own root can't be opened,
   * JOB_CANCELLED when the signal is raised; all else is reported and passed over.
   */
  async *entries(): AsyncGenerator<WalkEntry[]> {
    try {
      for (let more = true; more;) {
        throwIfAborted(this.options.signal);
        more = this.scan.fill(BATCH_BYTES, performance.now() + SLICE_MS);
        const batch = this.read(this.scan.found.take());
        if (batch.length > 0) yield batch;
        // eslint-disable-next-line no-await-in-loop -- gives way to other work between slices
        await setImmediate();
      }
    } finally {
      this.scan.close();
    }
  }

  private read(batch: RecordBatch): WalkEntry[] {
    const entries: WalkEntry[] = [];
    const record = new RecordReader(batch);
    while (record.next()) {
      if (record.kind === UNREADABLE) this.options.report.unreadable(Buffer.from(record.path), record.text);
      else if (record.kind === SKIPPED) this.options.report.skipped(Buffer.from(record.path), record.text);
      else entries.push(this.entryOf(record));
    }
    return entries;
  }

  private entryOf(record: RecordReader): WalkEntry {
    const line: ManifestEntry = JSON.parse(`${record.text}}`);
    const path = entryPath(line);
    const linked = record.kind === FILE ? this.links.look(record, () => path.toString('latin1')) : null;
    const first = linked === null || linked.isFirst ? null : linked.file.first;
    return {
      path,
      type: first === null ? line.type : 'hardlink',
      size: first === null ? record.size : 0,
      allocated: first === null ? record.allocated : 0,
      mode: line.mode,
      uid: line.uid,
      gid: line.gid,
      mtimeNs: BigInt(line.mtime),
      ctimeNs: BigInt(line.ctime ?? 0),
      inode: BigInt(line.inode ?? 0),
      dev: BigInt(line.dev ?? 0),
      linked: first === null && record.links > 1,
      target: first === null ? entryTarget(line) : Buffer.from(first, 'latin1'),
    };
  }
}
