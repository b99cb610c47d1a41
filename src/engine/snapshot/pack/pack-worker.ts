import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf } from '../../../common/errors/index.js';
import { BundleWriteFailed } from './frame-output.js';
import type { PackedText } from './packed-lines.js';
import type { PackReply, PackTask, PackWorkerData } from './protocol.js';
import { CLOSE } from '../../threads/spawn-worker.js';
import { TaskPacker } from './task-packer.js';
import { Turn } from './turn.js';
import { workInBackground } from '../../threads/background.js';

/** Entry point of a pack worker: runs the tasks it is sent, in their order. */
workInBackground();

const data: PackWorkerData = workerData;
const turn = new Turn(data.shared);
const packer = new TaskPacker(data, turn);

parentPort?.on('message', (task: PackTask | typeof CLOSE) => {
  if (task === CLOSE) {
    packer.close();
    parentPort?.close();
    return;
  }
  const answer = reply(task);
  parentPort?.postMessage(answer, answer.kind === 'result' ? buffersOf(answer.result.packed) : []);
});

function buffersOf({ text, numbers }: PackedText): ArrayBuffer[] {
  return [text.buffer, numbers.buffer];
}

function reply(task: PackTask): PackReply {
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
