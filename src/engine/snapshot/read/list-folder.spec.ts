import { describe, expect, it } from 'vitest';
import { type HandMadeEntry } from '../../testing/index.js';
import { listFolder } from './index.js';
import { open } from './read.spec-support.js';

describe('listFolder', () => {
  const entries: HandMadeEntry[] = [
    { path: 'backupd/README.txt', content: Buffer.from('r') },
    { path: 'database/0001-t.000000.sql', content: Buffer.from('sql') },
    { path: 'files', type: 'dir' },
    { path: 'files/a', type: 'dir' },
    { path: 'files/a/x', content: Buffer.from('12345') },
    { path: 'files/a/y', type: 'dir' },
    { path: 'files/a/y/z', content: Buffer.from('123') },
    { path: 'files/a-b', content: Buffer.from('1') },
    { path: 'files/link', type: 'symlink', target: 'a' },
    { pathBase64: Buffer.from([...Buffer.from('files/'), 0xe9]).toString('base64'), content: Buffer.from('1') },
  ];

  it('lists direct children with the sizes of folders', async () => {
    const { backup } = await open(entries);
    const top = await listFolder(backup, Buffer.alloc(0));
    expect(top.items.map((item) => [item.name, item.type, item.size, item.files])).toEqual([
      ['backupd', 'dir', 1, 1],
      ['database', 'dir', 3, 1],
      ['files', 'dir', 10, 4],
    ]);
    const files = await listFolder(backup, Buffer.from('files'));
    expect(files.items.map((item) => [item.name, item.type, item.size])).toEqual([
      ['a', 'dir', 8],
      ['a-b', 'file', 1],
      ['link', 'symlink', 0],
      ['\\xe9', 'file', 1],
    ]);
    expect(files.items[3]).toHaveProperty('pathBase64');
    expect(files.nextCursor).toBeNull();
  });

  it('pages', async () => {
    const { backup } = await open(entries);
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listFolder>> = await listFolder(backup, Buffer.from('files'), {
        cursor,
        limit: 1,
      });
      names.push(...page.items.map((item) => `${item.name}:${item.size}`));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['a:8', 'a-b:1', 'link:0', '\\xe9:1']);
  });

  it('says what is not there or no folder', async () => {
    const { backup } = await open(entries);
    await expect(listFolder(backup, Buffer.from('files/no'))).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await expect(listFolder(backup, Buffer.from('zzz'))).rejects.toMatchObject({ code: 'BACKUP_PATH_NOT_FOUND' });
    await expect(listFolder(backup, Buffer.from('files/a-b'))).rejects.toMatchObject({
      code: 'BACKUP_PATH_NOT_A_FOLDER',
    });
    expect((await listFolder(backup, Buffer.from('files/a/y'))).items).toHaveLength(1);
  });
});
