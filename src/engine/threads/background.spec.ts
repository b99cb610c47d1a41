import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { closeWorker, spawnWorker } from './spawn-worker.js';

/** Nice values of this process's threads, by their ids. */
function niceValues(): Map<number, number> {
  const values = new Map<number, number>();
  for (const id of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'latin1');
    // Field 19; the second one is a name in brackets that may hold anything.
    values.set(Number(id), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
  }
  return values;
}

it('a working thread goes behind the others, and only that one', async () => {
  const before = niceValues();
  const worker = spawnWorker('../snapshot/pack/frame-worker.js', import.meta.url, { fd: -1, level: 3, slots: [] });
  try {
    worker.postMessage({ slot: 0, length: 1, offset: 0 }, []);
    expect(await once(worker, 'message')).toMatchObject([{ kind: 'failed' }]);
    const after = niceValues();
    const own = [...after].filter(([id, nice]) => !before.has(id) && nice === 10);
    expect(own.length).toBe(1);
    for (const [id, nice] of before) expect(after.get(id) ?? nice).toBe(nice);
  } finally {
    await closeWorker(worker);
  }
});
