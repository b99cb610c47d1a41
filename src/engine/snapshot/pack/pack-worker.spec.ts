import { once } from 'node:events';
import { expect, it } from 'vitest';
import { closeWorker, spawnWorker } from '../../threads/spawn-worker.js';
import type { PackTask, PackWorkerData } from './protocol.js';
import { Turn } from './turn.js';

it('says of each task that it failed, also of those behind the first', async () => {
  const turn = Turn.create(0);
  const data: PackWorkerData = { fd: -1, roots: [], bundle: 0, known: null, level: 3, shared: turn.shared };
  const worker = spawnWorker('./pack-worker.js', import.meta.url, data);
  try {
    for (const seq of [0, 1, 2]) {
      const lines = new Uint8Array(Buffer.from('no entry\n'));
      const task: PackTask = { seq, stored: false, lines, count: 1 };
      worker.postMessage(task, [lines.buffer]);
      // oxlint-disable-next-line no-await-in-loop -- answers come in order
      expect(await once(worker, 'message')).toMatchObject([{ kind: 'failed' }]);
    }
  } finally {
    await closeWorker(worker);
  }
});
