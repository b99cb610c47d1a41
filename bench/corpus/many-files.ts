import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './random.js';

const PER_FOLDER = 1_000;

/** Small text files number `from` to `to`, a thousand to a folder, of 100 to 900 bytes, no two alike. */
export function growSmallFiles(root: string, from: number, to: number): void {
  const random = new SeededRandom(`small files from ${from}`);
  const texts = Array.from({ length: 200 }, () => random.words(100 + random.below(800)));
  for (let at = from; at < to; at += 1) {
    const folder = join(root, 'wp-content/cache-files', String(Math.floor(at / PER_FOLDER)).padStart(4, '0'));
    if (at === from || at % PER_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `entry-${at}.txt`), `${at} ${texts[at % texts.length] ?? ''}`);
  }
}

const MIB = 1024 * 1024;

/**
 * A file of the given length that is no hole and takes next to nothing in a bundle: 1 MiB of text over and over, each time
 * with its own number. So a curve up to 50 GB needs no second 50 GB for the repository.
 */
export function writeLargeFile(path: string, bytes: number): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const block = Buffer.from(new SeededRandom('large').words(MIB)).subarray(0, MIB);
  const file = openSync(path, 'w');
  try {
    for (let done = 0; done < bytes; done += block.length) {
      block.write(String(done).padStart(16, '0'), 0);
      writeSync(file, block, 0, Math.min(block.length, bytes - done));
    }
  } finally {
    closeSync(file);
  }
}
