import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setMtimeNs } from '../../../native/posix.js';
import { makeHandMadeBackup, MemoryStorageDriver, SeededRandom, type HandMadeEntry } from '../../../testing/index.js';
import { openBackup, type StoredBackup } from '../../read/index.js';

const random = new SeededRandom(21);

/** A backup in memory, open. */
export async function backupOf(entries: readonly HandMadeEntry[], order?: readonly number[]): Promise<StoredBackup> {
  const memory = new MemoryStorageDriver();
  const made = await makeHandMadeBackup(memory, entries, order === undefined ? {} : { order });
  return openBackup(memory, { manifestKey: made.manifestKey });
}

/** A small site as a backup has it. */
export const SITE: HandMadeEntry[] = [
  { path: 'database/0001-t.000000.sql', content: Buffer.from('sql') },
  { path: 'files', type: 'dir', mode: 0o755, mtime: '1600000000000000001' },
  { path: 'files/index.php', content: Buffer.from('<?php new') },
  { path: 'files/wp-content', type: 'dir', mode: 0o755, mtime: '1600000000000000002' },
  { path: 'files/wp-content/cache', type: 'dir', mode: 0o700, mtime: '1600000000000000003' },
  { path: 'files/wp-content/plugins', type: 'dir', mode: 0o755, mtime: '1600000000000000004' },
  { path: 'files/wp-content/plugins/a.php', content: random.bytes(100_000), mode: 0o640 },
  { path: 'files/wp-content/uploads', type: 'dir', mode: 0o750, mtime: '1600000000000000005' },
  { path: 'files/wp-content/uploads/2024', type: 'dir', mode: 0o755, mtime: '1600000000000000006' },
  { path: 'files/wp-content/uploads/2024/a.jpg', content: random.bytes(70_000) },
  { path: 'files/wp-content/uploads/2024/b.jpg', type: 'hardlink', target: 'files/wp-content/uploads/2024/a.jpg' },
];

/** The site as it is on disk before the restore: changed, with extra and excluded files. */
export function makeOldSite(root: string): void {
  mkdirSync(join(root, 'wp-content/cache/deep'), { recursive: true });
  mkdirSync(join(root, 'wp-content/plugins'));
  mkdirSync(join(root, 'nested/wp-content'), { recursive: true });
  writeFileSync(join(root, 'index.php'), '<?php old');
  writeFileSync(join(root, 'extra.txt'), 'extra');
  writeFileSync(join(root, 'wp-content/plugins/a.php'), 'hacked');
  writeFileSync(join(root, 'wp-content/plugins/evil.php'), 'evil');
  writeFileSync(join(root, 'wp-content/cache/page.html'), 'cached');
  writeFileSync(join(root, 'wp-content/cache/deep/x'), 'cached too');
  writeFileSync(join(root, 'nested/index.php'), 'another site');
  symlinkSync('/etc', join(root, 'etc-link'));
  for (const path of ['wp-content/cache', 'wp-content/plugins', 'wp-content', 'nested', '.']) {
    setMtimeNs(Buffer.from(join(root, path)), 1_500_000_000_000_000_123n);
  }
}
