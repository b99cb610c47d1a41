import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Puts files of the hard kinds below a site's root: odd names, links, holes, empty folders, special modes, xattrs. */
export function addOddFiles(root: string): void {
  const folder = join(root, 'wp-content/uploads/odd');
  mkdirSync(join(folder, 'empty folder'), { recursive: true });
  mkdirSync(join(folder, 'deep/er/and/deeper'), { recursive: true });
  writeFileSync(join(folder, 'new\nline \\ "quoted" \'single\'.txt'), 'x');
  writeFileSync(join(folder, '-rf *'), 'leading dash and star');
  writeFileSync(join(folder, 'emoji 🎉 ünïcödé.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/latin1-`), Buffer.from([0xe9, 0xe8, 0x2e, 0x74, 0x78, 0x74])]),
    'é',
  );
  writeFileSync(join(folder, 'n'.repeat(255)), 'long name');
  writeFileSync(join(folder, 'empty.txt'), '');
  writeFileSync(
    join(folder, 'random.bin'),
    execFileSync('head', ['-c', '3000000', '/dev/urandom'], { maxBuffer: 1 << 23 }),
  );
  symlinkSync('../odd/empty.txt', join(folder, 'relative-link'));
  symlinkSync('/nonexistent/target', join(folder, 'dangling-link'));
  symlinkSync('.', join(folder, 'cycle'));
  linkSync(join(folder, 'random.bin'), join(folder, 'zweiter-name.bin'));
  const sparse = openSync(join(folder, 'sparse.img'), 'w');
  writeSync(sparse, 'begin', 0);
  writeSync(sparse, 'end', 50_000_000);
  ftruncateSync(sparse, 80_000_000);
  closeSync(sparse);
  writeFileSync(join(folder, 'private.key'), 'secret', { mode: 0o600 });
  execFileSync('chmod', ['4755', join(folder, 'empty.txt')]);
  execFileSync('chmod', ['2775', join(folder, 'deep')]);
  try {
    execFileSync('setfattr', ['-n', 'user.comment', '-v', 'ä value', join(folder, 'random.bin')], { stdio: 'ignore' });
  } catch {
    // the file system has no extended attributes
  }
  utimesSync(join(folder, 'deep/er/and'), 1_000_000_000.123, 1_000_000_000.123);
  utimesSync(join(folder, 'private.key'), 0, 0);
}
