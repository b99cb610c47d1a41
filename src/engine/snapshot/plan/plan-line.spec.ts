import { describe, expect, it } from 'vitest';
import { withPath } from '../manifest/paths.js';
import { extensionOf } from './media.js';
import { planLineFacts } from './plan-line.js';

const FACTS = { mode: 0o644, uid: 0, gid: 0, mtime: '1', ctime: '1', inode: '1', dev: '1' };

describe('planLineFacts', () => {
  it('says of any name what its entry says', () => {
    const names = [
      'a.JPG',
      '.htaccess',
      '.a.b',
      'no',
      'dot.',
      'a.b/c',
      'a"b.p"g',
      'a.j\\pg',
      'tab\t.gz',
      'ü.ÄÖ',
      ' ,"type":"dir"',
    ];
    const paths = [...names, 'x","type":"dir","size":9'].map((name) => Buffer.from(`files/${name}`));
    paths.push(Buffer.concat([Buffer.from('files/'), Buffer.of(0xff, 0xfe), Buffer.from('.PnG')]));
    for (const path of paths) {
      const entry = { kind: 'entry', ...withPath(path), type: 'file', size: 2 ** 40 + 7, ...FACTS, linked: true };
      const extension = extensionOf(path.toString('latin1'));
      expect(read(entry)).toEqual({ type: 'file', size: 2 ** 40 + 7, extension });
    }
  });

  it('knows all that is no file', () => {
    for (const type of ['dir', 'symlink', 'fifo', 'hardlink']) {
      const entry = {
        kind: 'entry',
        path: 'files/a.png',
        type,
        size: 0,
        ...FACTS,
        target: 'b","type":"file","size":1,',
      };
      expect(read(entry)).toEqual({ type, size: 0, extension: '' });
    }
    expect(read({ kind: 'kept', from: 5, count: 6 })).toEqual({ type: 'kept', size: 0, extension: '' });
  });
});

/** Facts of a line between two others. */
function read(item: unknown): unknown {
  const before = '{"kind":"kept","from":0,"count":1}\n';
  const line = Buffer.from(JSON.stringify(item));
  const text = Buffer.concat([
    Buffer.from(before),
    line,
    Buffer.from('\n{"kind":"entry","path":"files/z.zip","type":"file"'),
  ]);
  return planLineFacts(text, before.length, before.length + line.length);
}
