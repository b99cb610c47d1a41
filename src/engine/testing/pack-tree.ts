import { hash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import * as fc from 'fast-check';
import type { JobJournal, JobWarning } from '../ports/job-context.js';
import { lchown, listXattrs, makeFifo, setMtimeNs, setXattr } from '../native/posix.js';
import { comparePaths } from '../snapshot/manifest/index.js';

/** A tree to be made on disk, for tests. */
export type Node =
  | { kind: 'file'; fill: 'text' | 'noise'; size: number }
  | { kind: 'sparse'; size: number; data: { at: number; bytes: Buffer }[] }
  | { kind: 'symlink'; target: Buffer }
  | { kind: 'hardlink' }
  | { kind: 'fifo' }
  | { kind: 'dir'; children: [Buffer, Node, Meta][] };

export interface Meta {
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: bigint;
  xattr: Buffer | null;
}

const slash = Buffer.from('/');
export const join = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.flatMap((p, i) => (i === 0 ? [Buffer.from(p)] : [slash, Buffer.from(p)])));

const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z]{1,8}(\.(php|css|jpg|js|zip))?$/).map((s) => Buffer.from(s)) },
  { weight: 3, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 12 }).map((b) => Buffer.from(b)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 255, maxLength: 255 }).map((b) => Buffer.from(b)) },
  fc.constantFrom('new\nline', '-rf', ' ', '😀', 'é', 'e\u0301', '*', '%=', "'").map((s) => Buffer.from(s)),
);
const safeName = name.filter(
  (n) => !n.includes(0) && !n.includes(0x2f) && !n.equals(Buffer.from('.')) && !n.equals(Buffer.from('..')),
);

const file = fc
  .record({
    fill: fc.constantFrom('text' as const, 'noise' as const),
    size: fc.oneof(
      { weight: 8, arbitrary: fc.nat(3000) },
      { weight: 3, arbitrary: fc.nat(200_000) },
      { weight: 1, arbitrary: fc.constantFrom(511, 512, 513, 1 << 20, (1 << 22) - 2048, (1 << 22) + 1, 9_000_001) },
    ),
  })
  .map((f): Node => ({ kind: 'file', ...f }));

function noise(size: number): Buffer {
  const buffer = Buffer.alloc(size);
  let seed = size;
  for (let i = 0; i + 4 <= size; i += 4) {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    buffer.writeInt32LE(seed | 0, i);
  }
  return buffer;
}

const meta: fc.Arbitrary<Meta> = fc.record({
  mode: fc.oneof(fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o2775, 0o1777, 0), fc.nat(0o7777)),
  uid: fc.constantFrom(0, 33, 1000, 3_000_000),
  gid: fc.constantFrom(0, 33, 54_321, 4_000_000_000),
  mtimeNs: fc.oneof(
    fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }),
    fc.bigInt({ min: -2_000_000_000_000_000_000n, max: 0n }),
    fc.constant(1_700_000_000_000_000_000n),
  ),
  xattr: fc.option(
    fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)),
    { freq: 5 },
  ),
});

const leaf: fc.Arbitrary<Node> = fc.oneof(
  { weight: 8, arbitrary: file },
  {
    weight: 1,
    arbitrary: fc
      .record({
        size: fc.integer({ min: 200_000, max: 50_000_000 }),
        data: fc.array(
          fc.record({ at: fc.nat(199_000), bytes: fc.uint8Array({ maxLength: 900 }).map((b) => Buffer.from(b)) }),
          {
            maxLength: 3,
          },
        ),
      })
      .map((s): Node => ({ kind: 'sparse', ...s })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('../x', '/etc/passwd', 'nowhere', '.', 'a'.repeat(180))
      .map((t): Node => ({ kind: 'symlink', target: Buffer.from(t) })),
  },
  { weight: 1, arbitrary: fc.constant<Node>({ kind: 'hardlink' }) },
  { weight: 1, arbitrary: fc.constant<Node>({ kind: 'fifo' }) },
);

export const treeArbitrary = fc.letrec<{ dir: Node; node: Node }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('dir')),
  dir: fc
    .uniqueArray(fc.tuple(safeName, tie('node'), meta), { selector: ([n]) => n.toString('latin1'), maxLength: 8 })
    .map((children): Node => ({ kind: 'dir', children })),
})).dir;

/** Makes the tree; hard links go to any file made before. */
export function makeTree(at: Buffer, node: Node, made: Buffer[] = []): void {
  switch (node.kind) {
    case 'file':
      writeFileSync(at, node.fill === 'text' ? Buffer.alloc(node.size, 'php text ') : noise(node.size));
      made.push(at);
      break;
    case 'sparse': {
      const fd = openSync(at, 'w');
      ftruncateSync(fd, node.size);
      for (const { at: offset, bytes } of node.data) writeSync(fd, bytes, 0, bytes.length, offset);
      closeSync(fd);
      made.push(at);
      break;
    }
    case 'symlink':
      symlinkSync(node.target, at);
      break;
    case 'hardlink': {
      const first = made.at(-1);
      if (first === undefined) writeFileSync(at, '');
      else linkSync(first, at);
      break;
    }
    case 'fifo':
      makeFifo(at, 0o600);
      break;
    case 'dir':
      mkdirSync(at, { recursive: true });
      for (const [childName, child, childMeta] of node.children) {
        const path = join(at, childName);
        makeTree(path, child, made);
        applyMeta(path, child, childMeta);
      }
      break;
  }
}

function applyMeta(path: Buffer, node: Node, { mode, uid, gid, mtimeNs, xattr }: Meta): void {
  if (node.kind === 'symlink') lchown(path, uid, gid);
  else {
    chownSync(path, uid, gid);
    chmodSync(path, mode);
    if (xattr !== null && node.kind !== 'fifo') setXattr(path, { name: 'user.test', value: xattr });
  }
  setMtimeNs(path, mtimeNs);
}

/** Everything about a tree that a backup must keep, by path. */
export function describeTree(root: Buffer): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const firstNames = new Map<bigint, string>();
  const visit = (path: Buffer, member: Buffer): void => {
    const stat = lstatSync(path, { bigint: true });
    const key = member.toString('latin1');
    const first = stat.isFile() && stat.nlink > 1n ? (firstNames.get(stat.ino) ?? key) : null;
    if (first === key) firstNames.set(stat.ino, key);
    found.set(key, {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      mtime: stat.mtimeNs,
      size: stat.isFile() ? stat.size : 0n,
      content: stat.isFile() ? hash('sha256', readFileSync(path)) : null,
      target: stat.isSymbolicLink() ? readlinkSync(path, { encoding: 'latin1' }) : null,
      xattrs: stat.isFIFO() ? [] : listXattrs(path).map((x) => `${x.name}=${x.value.toString('hex')}`),
      first,
    });
    if (!stat.isDirectory()) return;
    const names = readdirSync(path, { encoding: 'buffer' }).toSorted((a, b) => comparePaths(a, b));
    for (const child of names) visit(join(path, child), join(member, child));
  };
  visit(root, Buffer.from('files'));
  return found;
}

/** A journal that keeps what it is told. */
export class KeptJournal implements JobJournal {
  readonly warnings: JobWarning[] = [];
  readonly notes: string[] = [];
  lastProgress: { bytesDone: number; bytesTotal?: number } | null = null;
  onProgress: () => void = () => undefined;
  progress(progress: { bytesDone: number; bytesTotal?: number }): void {
    this.lastProgress = progress;
    this.onProgress();
  }
  warn(warning: JobWarning): void {
    this.warnings.push(warning);
  }
  note(message: string): void {
    this.notes.push(message);
  }
}
