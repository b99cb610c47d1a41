import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf } from '../../../common/errors/index.js';
import { freeBuffer } from '../../native/free-buffer.js';
import { CLOSE } from '../../threads/spawn-worker.js';
import { compressFrameSync } from '../zstd/compress.js';
import type { FrameReply, FrameRequest, FrameWorkerData } from './protocol.js';
import { workInBackground } from '../../threads/background.js';

/** Entry point of the thread that compresses the dump's frames and writes them: on the main thread their garbage would be costly. */
workInBackground();

const { fd, level, slots }: FrameWorkerData = workerData;

parentPort?.on('message', (request: FrameRequest | typeof CLOSE) => {
  if (request === CLOSE) parentPort?.close();
  else parentPort?.postMessage(reply(request), []);
});

function reply({ slot, length, offset }: FrameRequest): FrameReply {
  try {
    const memory = slots[slot];
    if (memory === undefined) throw new RangeError(`there is no slot ${slot}`);
    const frame = compressFrameSync(Buffer.from(memory, 0, length), level);
    for (let at = 0; at < frame.length;) at += writeSync(fd, frame, at, frame.length - at, offset + at);
    const bytes = frame.length;
    freeBuffer(frame);
    return { kind: 'stored', bytes };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', message, code: errnoOf(error) ?? null };
  }
}
