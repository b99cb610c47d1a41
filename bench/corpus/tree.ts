import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SeededRandom } from './random.js';

/** What is put on top of WordPress core. */
export interface TreeSpec {
  textFiles: number;
  mediaFiles: number;
  /** Bytes of all uploads together, about. */
  mediaBytes: number;
}

const EXTENSIONS = ['php', 'php', 'js', 'css', 'html', 'json'];

/** Plug-in code below wp-content/plugins, uploads below wp-content/uploads. Sizes repeat with the seed; uploads' bytes are random. */
export function growTree(root: string, spec: TreeSpec, seed: string): void {
  const random = new SeededRandom(seed);
  for (let i = 0; i < spec.textFiles; i += 1) {
    const folder = `wp-content/plugins/plugin-${Math.floor(i / 80)}/${i % 3 === 0 ? 'includes' : 'assets'}`;
    const extension = EXTENSIONS[i % EXTENSIONS.length] ?? 'php';
    write(join(root, folder, `file-${i}.${extension}`), random.words(500 + Math.floor(random.next() ** 3 * 60_000)));
  }
  const mean = spec.mediaBytes / Math.max(1, spec.mediaFiles);
  for (let i = 0; i < spec.mediaFiles; i += 1) {
    const month = String(1 + (i % 12)).padStart(2, '0');
    const folder = `wp-content/uploads/${2010 + (i % 16)}/${month}`;
    writeUpload(
      join(root, folder, `image-${i}.${i % 5 === 0 ? 'webp' : 'jpg'}`),
      Math.floor(mean * (0.2 + 1.6 * random.next())),
    );
  }
}

let noise = Buffer.alloc(0);

/** A file of bytes that do not compress. */
export function writeUpload(path: string, bytes: number): void {
  if (noise.length < bytes) noise = Buffer.alloc(bytes);
  write(path, randomFillSync(noise.subarray(0, bytes)));
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
