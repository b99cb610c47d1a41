import { createHash, randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Size of a generated site. */
export interface CorpusOptions {
  textFiles: number;
  mediaFiles: number;
  /** Bytes of all media together. */
  mediaBytes: number;
  seed: string;
}

/** About the shape of a grown shop: 8,000 small text files, 6,000 uploads that do not compress, 1.5 GB in all. */
export const SITE_M: CorpusOptions = { textFiles: 8_000, mediaFiles: 6_000, mediaBytes: 1_500_000_000, seed: 'site-m' };
/** Core plus a few uploads. */
export const SITE_S: CorpusOptions = { textFiles: 1_000, mediaFiles: 200, mediaBytes: 20_000_000, seed: 'site-s' };

/** A repeatable source of numbers in [0, 1). */
export function seededRandom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

const WORDS =
  'function return array public static string wordpress filter action hook post meta option query template theme plugin the and for with this that from'.split(
    ' ',
  );

function textOf(random: () => number, bytes: number): string {
  const parts: string[] = [];
  let length = 0;
  while (length < bytes) {
    const word = `${WORDS[Math.floor(random() * WORDS.length)]}${random() < 0.3 ? Math.floor(random() * 9999) : ''}`;
    const piece = `${word}${random() < 0.12 ? ';\n' : ' '}`;
    parts.push(piece);
    length += piece.length;
  }
  return parts.join('').slice(0, bytes);
}

/** Writes the tree below `root`: code under wp-content/plugins, uploads under wp-content/uploads. Incompressible bytes are random, so sizes repeat and contents do not need to. */
export function generateTree(root: string, options: CorpusOptions): void {
  const random = seededRandom(options.seed);
  for (let i = 0; i < options.textFiles; i += 1) {
    const folder = join(
      root,
      'wp-content/plugins',
      `plugin-${Math.floor(i / 80)}`,
      i % 3 === 0 ? 'includes' : 'assets',
    );
    mkdirSync(folder, { recursive: true });
    const extension = ['php', 'php', 'js', 'css', 'html', 'json'][i % 6] ?? 'php';
    writeFileSync(join(folder, `file-${i}.${extension}`), textOf(random, 500 + Math.floor(random() ** 3 * 60_000)));
  }
  const mean = options.mediaBytes / options.mediaFiles;
  const buffer = Buffer.alloc(Math.ceil(mean * 2));
  for (let i = 0; i < options.mediaFiles; i += 1) {
    const folder = join(root, 'wp-content/uploads', `20${10 + (i % 16)}`, String(1 + (i % 12)).padStart(2, '0'));
    mkdirSync(folder, { recursive: true });
    const size = Math.floor(mean * (0.2 + 1.6 * random()));
    writeFileSync(join(folder, `image-${i}.${i % 5 === 0 ? 'webp' : 'jpg'}`), randomFillSync(buffer.subarray(0, size)));
  }
}

/** SQL that fills `posts` with about the given bytes of varied rows. */
export function* generateRows(table: string, bytes: number, seed: string): Generator<string> {
  const random = seededRandom(seed);
  let done = 0;
  let id = 1_000_000;
  while (done < bytes) {
    const rows: string[] = [];
    for (let i = 0; i < 200; i += 1) {
      id += 1;
      rows.push(
        `(${id},1,'2025-01-01 00:00:00','2025-01-01 00:00:00','${textOf(random, 200 + Math.floor(random() * 4_000)).replace(/'/g, "''")}','Title ${id}','','publish','open','open','','post-${id}','','','2025-01-01 00:00:00','2025-01-01 00:00:00','',0,'http://example.test/?p=${id}',0,'post','',0)`,
      );
    }
    const statement = `INSERT INTO ${table} VALUES ${rows.join(',')};\n`;
    done += statement.length;
    yield statement;
  }
}
