import { closeSync, openSync, statSync, writeFileSync, type BigIntStats } from 'node:fs';
import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { SeededRandom, useTempFolder } from '../../testing/index.js';
import type { ManifestEntry } from '../manifest/index.js';
import { ContentReader, isUntouched } from './reuse-content.js';

const MS = 1_000_000n;

function entryOf(facts: BigIntStats, content: Buffer): ManifestEntry {
  return {
    kind: 'entry',
    path: 'files/a',
    type: 'file',
    size: content.length,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: String(facts.mtimeNs),
    ctime: String(facts.ctimeNs),
    inode: String(facts.ino),
    dev: String(facts.dev),
    sha256: hash('sha256', content),
  };
}

describe('what is known of a file without reading it', () => {
  const temp = useTempFolder('reuse-content');
  let facts: BigIntStats;
  let entry: ManifestEntry;
  beforeEach(() => {
    writeFileSync(temp('a'), 'content');
    const found = statSync(temp('a'), { bigint: true });
    facts = Object.assign(found, { ctimeNs: found.ctimeNs - (found.ctimeNs % 1_000_000_000n) + 5n });
    entry = entryOf(facts, Buffer.from('content'));
  });

  it('is believed when all facts are the same and it had come to rest before the walk', () => {
    const { ctimeNs } = facts;
    expect(isUntouched(facts, entry, ctimeNs + 51n * MS)).toBe(true);
    // It may have been changed once more within the tick of the clock in which it was looked at.
    expect(isUntouched(facts, entry, ctimeNs + 49n * MS)).toBe(false);
    expect(isUntouched(facts, entry, ctimeNs - 51n * MS)).toBe(false);
  });

  it('needs longer where times are whole seconds', () => {
    const whole = Object.assign(facts, { ctimeNs: facts.ctimeNs - 5n });
    const same = { ...entry, ctime: String(whole.ctimeNs) };
    expect(isUntouched(whole, same, whole.ctimeNs + 1999n * MS)).toBe(false);
    expect(isUntouched(whole, same, whole.ctimeNs + 2001n * MS)).toBe(true);
  });

  it.each(['mtime', 'ctime', 'inode', 'dev'] as const)('is not believed with another %s, or without', (name) => {
    const filesAt = facts.ctimeNs + 3000n * MS;
    expect(isUntouched(facts, { ...entry, [name]: '1' }, filesAt)).toBe(false);
    const { [name]: _, ...without } = entry;
    expect(isUntouched(facts, { mtime: '', ...without }, filesAt)).toBe(false);
  });

  it('is not believed when the backup saw it change', () => {
    expect(isUntouched(facts, { ...entry, changed: true }, facts.ctimeNs + 3000n * MS)).toBe(false);
  });
});

describe('reading a file', () => {
  const temp = useTempFolder('reuse-content');

  it.each([1, 100_000, 1_048_576, 3_000_001])(
    'tells whether %i bytes are the content, and copies them',
    async (size) => {
      const content = new SeededRandom(size).bytes(size);
      writeFileSync(temp('a'), content);
      const entry = entryOf(statSync(temp('a'), { bigint: true }), content);
      const reader = new ContentReader();
      const fd = openSync(temp('a'), 'r');
      const copy = openSync(temp('b'), 'wx+');
      expect(await reader.isContentOf(fd, entry, { copyTo: copy })).toBe(true);
      expect(await reader.isContentOf(copy, entry)).toBe(true);
      expect(await reader.isContentOf(fd, { ...entry, sha256: hash('sha256', 'x') })).toBe(false);
      expect(await reader.isContentOf(fd, { ...entry, size: size + 1 })).toBe(false);
      const signal = AbortSignal.abort();
      await expect(new ContentReader().isContentOf(fd, entry, { signal })).rejects.toMatchObject({
        code: 'JOB_CANCELLED',
      });
      for (const open of [fd, copy]) closeSync(open);
    },
  );
});
