import { mkdirSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryHandle } from '../../../native/directory.js';
import { makeHandMadeBackup } from '../../../testing/hand-made-backup.js';
import { MemoryStorageDriver } from '../../../testing/memory-storage.js';
import { openBackup } from '../../read/index.js';
import { extractTree, measureSelection, selectEntries } from '../index.js';

/** Run as a process of its own by restore.spec.ts: drops to nobody, restores, tells what was refused. */
const NOBODY = 65_534;
const folder = process.argv[2] ?? '';
chownSync(folder, NOBODY, NOBODY);
process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

const memory = new MemoryStorageDriver();
const made = await makeHandMadeBackup(memory, [
  { path: 'files', type: 'dir' },
  { path: 'files/locked', type: 'dir', mode: 0o500, uid: NOBODY, gid: NOBODY },
  { path: 'files/locked/x', content: Buffer.from('x'), mode: 0o400, uid: NOBODY, gid: NOBODY },
  { path: 'files/suid', content: Buffer.from('x'), mode: 0o4755, uid: 0, gid: 0, xattrs: { 'trusted.x': 'eA==' } },
]);
const backup = await openBackup(memory, { manifestKey: made.manifestKey });
mkdirSync(join(folder, 'out'), { mode: 0o700 });
const root = DirectoryHandle.open(join(folder, 'out'));
const selection = { prefix: 'files', paths: [] };
const facts = await measureSelection(backup, selection);
const summary = await extractTree(backup, selectEntries(backup, selection, facts), root);
process.stdout.write(JSON.stringify({ warnings: summary.warnings, uid: process.getuid?.() }));
