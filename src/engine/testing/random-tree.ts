import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { lchown, makeFifo, setMtimeNs, setXattr } from '../native/posix.js';
import type { SeededRandom } from './random.js';

export interface RandomTreeOptions {
  /** How many entries, about. */
  entries?: number;
  /** Largest size of an ordinary file; a few are as large as this. */
  maxFileBytes?: number;
  /** Owners are varied; only root can. */
  owners?: boolean;
  /** Extended attributes are set on some entries. */
  xattrs?: boolean;
}

const ODD_NAMES = [
  Buffer.from('ordinary.txt'),
  Buffer.from('wp-config.php'),
  Buffer.from('-rf'),
  Buffer.from('with space'),
  Buffer.from('new\nline'),
  Buffer.from('tab\tand\\backslash'),
  Buffer.from('quote\'s "and" $HOME `x`'),
  Buffer.from('*?[a-z]'),
  Buffer.from('émoji-🎉.png'),
  Buffer.from('e\u0301-nfd'),
  Buffer.from('\u00e9-nfc'),
  Buffer.from([0x6c, 0x61, 0x74, 0x69, 0x6e, 0xe9, 0x2e, 0x6a, 0x70, 0x67]),
  Buffer.from([0xff, 0xfe, 0x01]),
  Buffer.from('n'.repeat(255)),
  Buffer.from('.hidden'),
  Buffer.from('...'),
  Buffer.from('a!b'),
  Buffer.from('a'),
  Buffer.from('a-b'),
  Buffer.from('photo.jpg'),
  Buffer.from('style.css'),
];

const SLASH = Buffer.from('/');

/**
 * Fills an existing folder with a random tree: odd names, empty folders, tiny and large files, holes, links of all
 * kinds (also dangling, absolute and to the outside), FIFOs, odd modes and times.
 */
export function makeRandomTree(root: string, random: SeededRandom, options: RandomTreeOptions = {}): void {
  const entries = options.entries ?? 60;
  const maxFileBytes = options.maxFileBytes ?? 300_000;
  const folders: Buffer[] = [Buffer.from(root)];
  const files: Buffer[] = [];
  const made = new Set<string>();
  const dressed: Buffer[] = [];

  const freshPath = (): Buffer | null => {
    const name = random.chance(0.6)
      ? random.pick(ODD_NAMES)
      : Buffer.from(`f${random.below(1000)}.${random.pick(['php', 'jpg', 'css', 'js', 'mo'])}`);
    const path = Buffer.concat([random.pick(folders), SLASH, name]);
    const key = path.toString('latin1');
    if (made.has(key) || path.length > 3000) return null;
    made.add(key);
    return path;
  };

  for (let i = 0; i < entries; i++) {
    const path = freshPath();
    if (path === null) continue;
    const kind = random.below(100);
    const first = files[0];
    if (kind < 20) {
      mkdirSync(path);
      folders.push(path);
      dressed.push(path);
    } else if (kind < 28) {
      symlinkSync(random.pick(['a', '../..', '/etc/passwd', 'nowhere/at all', 'ordinary.txt']), path);
      dressed.push(path);
    } else if (kind < 34 && first !== undefined) {
      linkSync(random.pick(files), path);
    } else if (kind < 37) {
      makeFifo(path, 0o640);
      dressed.push(path);
    } else if (kind < 43) {
      writeSparse(path, random);
      files.push(path);
      dressed.push(path);
    } else {
      // Never into what is there: a FIFO would wait for a reader.
      writeFileSync(path, fileBytes(random, maxFileBytes), { flag: 'wx' });
      files.push(path);
      dressed.push(path);
    }
  }
  // Children before their parents, so that the times of folders stay as set.
  for (const path of [...dressed.toReversed(), Buffer.from(root)]) dress(path, random, options);
}

function fileBytes(random: SeededRandom, maxFileBytes: number): Buffer {
  const kind = random.below(10);
  if (kind === 0) return Buffer.alloc(0);
  if (kind < 5) return random.bytes(random.below(600));
  if (kind < 8) return Buffer.from('<?php // some text that compresses well\n'.repeat(1 + random.below(800)));
  return random.bytes(random.below(maxFileBytes));
}

function writeSparse(path: Buffer, random: SeededRandom): void {
  const fd = openSync(path, 'wx');
  try {
    let offset = random.below(3) * 65_536;
    for (let i = 0; i < random.below(4); i++) {
      writeSync(fd, random.bytes(4096 * (1 + random.below(3))), 0, undefined, offset);
      offset += 131_072 * (1 + random.below(4));
    }
    writeSync(fd, random.bytes(1), 0, 1, offset + 500_000);
  } finally {
    closeSync(fd);
  }
}

function dress(path: Buffer, random: SeededRandom, options: RandomTreeOptions): void {
  const entry = lstatSync(path);
  const type = entry.isDirectory() ? 'dir' : entry.isSymbolicLink() ? 'symlink' : entry.isFIFO() ? 'fifo' : 'file';
  if (options.owners === true) lchown(path, random.below(3) * 1000, random.below(3) * 1001);
  if (options.xattrs === true && type !== 'symlink' && type !== 'fifo' && random.chance(0.3)) {
    setXattr(path, { name: 'user.note', value: random.bytes(random.below(40)) });
  }
  if (type === 'dir') chmodSync(path, random.pick([0o755, 0o700, 0o2775, 0o1777, 0o750]));
  else if (type !== 'symlink') chmodSync(path, random.pick([0o644, 0o600, 0o4755, 0o444, 0o640, 0o000]));
  setMtimeNs(
    path,
    BigInt(1_500_000_000 + random.below(200_000_000)) * 1_000_000_000n + BigInt(random.below(999_999_999)),
  );
}
