import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf } from '../../../common/errors/index.js';
import type { HashReply, HashRequest, HashWorkerData } from './protocol.js';
import { CLOSE } from '../../threads/spawn-worker.js';

/** Entry point of the thread that hashes the bundle behind the writers, over what is final already. */
const CHUNK = 1024 * 1024;

const data: HashWorkerData = workerData;
const stopped = new Int32Array(data.stopped);
const digest = createHash('sha256');
const buffer = Buffer.allocUnsafeSlow(CHUNK);
let fd: number | null = null;
let done = 0;

function follow({ upTo, last }: HashRequest): HashReply | null {
  fd ??= openSync(data.path, 'r');
  while (done < upTo && Atomics.load(stopped, 0) === 0) {
    const got = readSync(fd, buffer, 0, Math.min(CHUNK, upTo - done), done);
    if (got === 0) throw new Error('the bundle is shorter than what was written');
    digest.update(buffer.subarray(0, got));
    done += got;
  }
  if (!last) return null;
  closeSync(fd);
  return { kind: 'digest', sha256: digest.digest('hex') };
}

parentPort?.on('message', (request: HashRequest | typeof CLOSE) => {
  if (request === CLOSE) {
    parentPort?.close();
    return;
  }
  let reply: HashReply | null;
  try {
    reply = follow(request);
  } catch (error) {
    reply = {
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      code: errnoOf(error) ?? null,
    };
  }
  if (reply !== null) parentPort?.postMessage(reply, []);
});
