import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeHandMadeBackup, MemoryStorageDriver, useTempFolder } from '../../testing/index.js';
import type { ParentBackup } from '../manifest/index.js';
import { openBackup } from '../read/index.js';
import { KnownChunks } from './index.js';

const folder = useTempFolder('known');
const PIECES = 400;
const piece = (index: number): Buffer => Buffer.from(`INSERT INTO \`wp_posts\` VALUES\n(${index});\n`);
const nameOf = (index: number): string => `database/0001-wp_posts.${String(index).padStart(8, '0')}.sql`;
const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A backup whose manifest has many frames: pieces of a dump, and files before and behind them in path order. */
async function parentOf(gone: number[] = []): Promise<ParentBackup> {
  const driver = new MemoryStorageDriver();
  const entries = [
    { path: 'backupd/README.txt', content: Buffer.from('readme') },
    ...Array.from({ length: PIECES }, (_, index) => ({ path: nameOf(index), content: piece(index) })),
    { path: 'files/index.php', content: Buffer.from('<?php') },
  ];
  const { manifestKey } = await makeHandMadeBackup(driver, entries, { indexed: 20 });
  const backup = await openBackup(driver, { manifestKey });
  const manifestPath = join(folder(), 'parent.manifest');
  writeFileSync(manifestPath, driver.objects.get(manifestKey)?.bytes ?? '');
  return { backupId: backup.header.backupId, header: backup.header, manifestPath, gone: new Set(gone) };
}

const recordBytes = (): number => statSync(join(folder(), 'records')).size;

async function withChunks(parent: ParentBackup, use: (known: KnownChunks) => Promise<void>): Promise<void> {
  const known = await KnownChunks.open(parent, join(folder(), 'records'));
  try {
    await use(known);
  } finally {
    await known.close();
  }
}

describe('pieces of the parent', () => {
  it('are all found, in whatever order they are asked for, and nothing else is', async () => {
    const parent = await parentOf();
    const forward = [...Array(PIECES).keys()];
    for (const order of [forward, forward.toReversed(), forward.toSorted((a, b) => ((a * 7) % 13) - ((b * 7) % 13))]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await withChunks(parent, async (known) => {
        for (const index of order) {
          const content = piece(index);
          // oxlint-disable-next-line no-await-in-loop -- one at a time
          expect(await known.find(hashOf(content), content.length)).toMatchObject({ bundle: 0, member: nameOf(index) });
        }
        for (const other of [Buffer.from('<?php'), Buffer.from('readme'), piece(PIECES)])
          // oxlint-disable-next-line no-await-in-loop -- one at a time
          expect(await known.find(hashOf(other), other.length)).toBeNull();
        expect(await known.find(hashOf(piece(3)), 1)).toBeNull();
      });
    }
  });

  it('are read no further than the one that is asked for', async () => {
    await withChunks(await parentOf(), async (known) => {
      expect(recordBytes()).toBe(0);
      await known.find(hashOf(piece(0)), piece(0).length);
      const afterFirst = recordBytes();
      await known.find(hashOf(piece(200)), piece(200).length);
      const afterMiddle = recordBytes();
      await known.find(hashOf(piece(PIECES)), 1);
      expect(afterFirst).toBeLessThan(recordBytes() / 10);
      expect(afterMiddle).toBeLessThan(recordBytes() * 0.6);
    });
  });

  it('are not those of a bundle that is lost', async () => {
    await withChunks(await parentOf([0]), async (known) => {
      expect(await known.find(hashOf(piece(1)), piece(1).length)).toBeNull();
    });
  });
});
