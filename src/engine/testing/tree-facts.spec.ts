import { linkSync, mkdirSync, writeFileSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { setMtimeNs, setXattr } from '../native/posix.js';
import { SeededRandom } from './random.js';
import { makeRandomTree } from './random-tree.js';
import { useTempFolder } from './temp-folder.js';
import { snapshotTree, treeMap } from './tree-facts.js';

describe('snapshotTree', () => {
  const temp = useTempFolder('facts');

  it('sees bytes, links, times to the nanosecond and attributes', () => {
    mkdirSync(temp('t/sub'), { recursive: true });
    writeFileSync(temp('t/sub/b'), 'hello', { mode: 0o640 });
    setMtimeNs(Buffer.from(temp('t/sub/b')), 1_234_567_890_123_456_789n);
    setXattr(Buffer.from(temp('t/sub/b')), { name: 'user.x', value: Buffer.from('1') });
    linkSync(temp('t/sub/b'), temp('t/sub/c'));
    symlinkSync('/nowhere', temp('t/a'));
    const facts = treeMap(snapshotTree(temp('t')));
    expect([...facts.keys()]).toEqual(['.', 'a', 'sub', 'sub/b', 'sub/c']);
    expect(facts.get('a')).toMatchObject({ type: 'symlink', target: '/nowhere' });
    expect(facts.get('sub/b')).toMatchObject({
      mode: '0640',
      mtime: '1234567890123456789',
      size: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      xattrs: { 'user.x': 'MQ==' },
    });
    expect(facts.get('sub/c')?.sameInodeAs).toBe('sub/b');
  });

  it('the same seed makes the same tree', () => {
    for (const name of ['one', 'two']) {
      mkdirSync(temp(name));
      makeRandomTree(temp(name), new SeededRandom(7), { owners: process.getuid?.() === 0, xattrs: true });
    }
    const one = snapshotTree(temp('one'));
    expect(one.length).toBeGreaterThan(20);
    expect(snapshotTree(temp('two'))).toEqual(one);
  });
});
