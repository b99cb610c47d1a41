import { once } from 'node:events';
import { closeSync, linkSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { useTempFolder } from '../testing/index.js';
import { isOpenForWriting, linkOpenFile, openFileXattrs } from './link-calls.js';
import { listXattrs, setXattr } from './posix.js';

describe('calls on an open file', () => {
  const temp = useTempFolder('link-calls');
  const opened = (content = 'x'): number => {
    writeFileSync(temp('a'), content);
    return openSync(temp('a'), 'r');
  };

  it('gives the open file a name, whatever its old name leads to', () => {
    const fd = opened();
    const { ino } = statSync(temp('a'));
    renameSync(temp('a'), temp('b'));
    writeFileSync(temp('a'), 'another');
    linkOpenFile(fd, Buffer.from(temp('c')));
    expect(statSync(temp('c'))).toMatchObject({ ino, nlink: 2 });
    expect(() => linkOpenFile(fd, Buffer.from(temp('c')))).toThrowError(expect.objectContaining({ code: 'EEXIST' }));
    closeSync(fd);
  });

  it('reads its attributes', () => {
    const fd = opened();
    expect(openFileXattrs(fd)).toEqual([]);
    for (const name of ['user.b', 'user.a', 'user.empty'])
      setXattr(Buffer.from(temp('a')), { name, value: Buffer.from(name === 'user.empty' ? '' : `value of ${name}`) });
    expect(openFileXattrs(fd)).toEqual(listXattrs(Buffer.from(temp('a'))));
    expect(openFileXattrs(fd)).toHaveLength(3);
    closeSync(fd);
  });

  it('tells whether somebody can write to it through an open descriptor', () => {
    const fd = opened();
    expect(isOpenForWriting(fd)).toBe(false);
    linkSync(temp('a'), temp('other'));
    const writer = openSync(temp('other'), 'a');
    expect(isOpenForWriting(fd)).toBe(true);
    closeSync(writer);
    expect(isOpenForWriting(fd)).toBe(false);
    closeSync(fd);
  });

  it('survives that somebody opens it for writing at that very moment', async () => {
    const fd = opened();
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      const { openSync, closeSync } = require('node:fs');
      for (let i = 0; i < 20000; i++) closeSync(openSync(workerData, 'r+'));
      parentPort.postMessage('done');`;
    const worker = new Worker(code, { eval: true, workerData: temp('a') });
    const done = once(worker, 'message').then(() => true);
    let writers = 0;
    do for (let i = 0; i < 200; i++) if (isOpenForWriting(fd)) writers += 1;
    while (!(await Promise.race([done, setImmediate(false)])));
    await worker.terminate();
    expect(writers).toBeGreaterThan(0);
    expect(isOpenForWriting(fd)).toBe(false);
    closeSync(fd);
  });
});
