import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpareWorkers } from './spare-workers.js';
import { closeWorker } from './spawn-worker.js';

const ECHO = `import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', (data) => data === 'close' ? parentPort.close() : parentPort.postMessage({ data, threadId }));`;

describe('spare workers', () => {
  let folder = '';
  let caller = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'backupd-spares-'));
    writeFileSync(join(folder, 'echo.mjs'), ECHO);
    writeFileSync(join(folder, 'broken.mjs'), 'throw new Error("broken")');
    caller = pathToFileURL(join(folder, 'caller.js')).href;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are taken before a new one is started, and get their data', async () => {
    const spares = new SpareWorkers('./echo.mjs', caller);
    spares.prepare(1);
    spares.prepare(1);
    const workers = [spares.take('a'), spares.take('b')];
    const answers = await Promise.all(workers.map(async (worker) => (await once(worker, 'message')) as unknown[]));
    const ids = workers.map((worker) => worker.threadId);
    expect(answers).toEqual([[{ data: 'a', threadId: ids[0] }], [{ data: 'b', threadId: ids[1] }]]);
    expect(ids[1]).toBe((ids[0] ?? 0) + 1);
    await Promise.all(workers.map(closeWorker));
  });

  it('that fail while nobody has them are no failure of the process', async () => {
    const spares = new SpareWorkers('./broken.mjs', caller);
    spares.prepare(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const worker = spares.take('a');
    const [error] = (await once(worker, 'error')) as unknown[];
    expect(error).toMatchObject({ message: 'broken' });
  });
});
