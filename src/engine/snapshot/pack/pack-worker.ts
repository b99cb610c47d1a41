import { parentPort } from 'node:worker_threads';
import { errnoOf } from '../../../common/errors/index.js';
import { BundleWriteFailed } from './frame-output.js';
import type { PackReply, PackTask, PackWorkerData } from './protocol.js';
import { CLOSE } from '../../threads/spawn-worker.js';
import { TaskPacker } from './task-packer.js';
import { Turn } from './turn.js';
import { workInBackground } from '../../threads/background.js';

/** Entry point of a pack worker: runs the tasks it is sent, in their order. What it is told first is what they have in common. */
workInBackground();

interface Work {
  turn: Turn;
  packer: TaskPacker;
}
let work: Work | null = null;

parentPort?.on('message', (message: PackWorkerData | PackTask | typeof CLOSE) => {
  if (message === CLOSE) {
    work?.packer.close();
    parentPort?.close();
  } else if ('seq' in message) {
    if (work !== null) parentPort?.postMessage(reply(work, message), []);
  } else {
    const turn = new Turn(message.shared);
    work = { turn, packer: new TaskPacker(message, turn) };
  }
});

function reply({ turn, packer }: Work, task: PackTask): PackReply {
  try {
    return { kind: 'result', result: packer.run(task) };
  } catch (error) {
    // Nobody must wait for this task's turn any more.
    turn.abort();
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const code = errnoOf(error instanceof BundleWriteFailed ? error.cause : error) ?? null;
    return { kind: 'failed', message, code, stack: stack ?? '' };
  }
}
