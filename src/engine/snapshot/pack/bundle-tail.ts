import { setImmediate } from 'node:timers/promises';
import { hash } from 'node:crypto';
import { entryPath, type ManifestEntry } from '../manifest/index.js';
import { endOfArchive } from '../tar/index.js';
import { readLineFile } from '../work/index.js';
import { parseSeekTable } from '../zstd/index.js';
import type { BundleFile } from './bundle-file.js';
import { PoolFrameStore } from './frame-stores.js';
import { TarFrameWriter } from './tar-frame-writer.js';
import { tarMember } from './tar-member.js';
import { entryXattrs } from './xattrs.js';

/** Entries after which others get their turn on this thread. */
const BREATH = 256;

export interface BundleTailOptions {
  bundle: BundleFile;
  /** Where the content's frames end. */
  start: number;
  level: number;
  readme: string;
  /** ISO time: the note's date. */
  startedAt: string;
  /** Spools of entries whose members come after all content: hard links of new files, new folders. */
  links: string;
  folders: string;
  /** Spool of kept entries without content, of any type; null when nothing is kept. */
  keptStructure: string | null;
  /** Id of the bundle. */
  bundleId: number;
}

export interface BundleTail {
  size: number;
  /** Frames with data in the whole bundle. */
  frames: number;
  readme: ManifestEntry;
}

/**
 * Ends the bundle: kept links and empty files, hard links (whose first names are before them now), folders (stock tar sets their times as it meets
 * them, and a file made in one later would change them), the note, the end of the archive, the seek table.
 */
export async function finishBundle(options: BundleTailOptions): Promise<BundleTail> {
  const { bundle, start, level } = options;
  const writer = new TarFrameWriter(new PoolFrameStore(bundle.handle, level), start);
  const kept = options.keptStructure === null ? [] : [options.keptStructure];
  let seen = 0;
  for (const isFolder of [false, true]) {
    for (const spool of [...kept, isFolder ? options.folders : options.links]) {
      for await (const entry of readLineFile<ManifestEntry>(spool)) {
        if ((entry.type === 'dir') === isFolder)
          await writer.add(tarMember(entry, entryPath(entry), entryXattrs(entry)), []);
        seen += 1;
        // Nothing else here waits for anything but once in a frame.
        if (seen % BREATH === 0) await setImmediate();
      }
    }
  }
  const content = Buffer.from(options.readme);
  const readme = readmeEntry(content, options.startedAt);
  const span = await writer.add(tarMember(readme, entryPath(readme), []), [content]);
  await writer.flush();
  await writer.append(endOfArchive());
  await writer.flush();
  for (const { compressedSize, size } of parseSeekTable(writer.frames.encode()).frames)
    bundle.frames.add(compressedSize, size);
  const table = bundle.frames.encode();
  for (let at = 0; at < table.length;)
    at += (await bundle.handle.write(table, at, table.length - at, writer.end + at)).bytesWritten;
  return {
    size: writer.end + table.length,
    frames: bundle.frames.frames,
    readme: span === null ? readme : { ...readme, in: { bundle: options.bundleId, ...writer.locate(span) } },
  };
}

function readmeEntry(content: Buffer, startedAt: string): ManifestEntry {
  return {
    kind: 'entry',
    path: 'backupd/README.txt',
    type: 'file',
    size: content.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: String(BigInt(Date.parse(startedAt)) * 1_000_000n),
    sha256: hash('sha256', content),
  };
}
