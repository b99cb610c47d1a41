import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf } from '../../../common/errors/index.js';
import { beginWriteBack, writeOutAndForget } from '../../native/file-calls.js';
import type { HashReply, HashRequest, HashWorkerData } from './protocol.js';
import { CLOSE } from '../../threads/spawn-worker.js';
import { workInBackground } from '../../threads/background.js';

/**
 * Entry point of the thread that follows the writers of the bundle over what is final already: hashes it, has it written to the
 * disk, and takes it out of the page cache. So the last sync is short, the files of running sites stay cached, and the kernel
 * uses the same memory over and over: new memory for each page cost more time than all the rest of writing (2.8 s of 1.6 GB).
 */
workInBackground();

const CHUNK = 1024 * 1024;
const WRITE_STEP = 16 * CHUNK;

const data: HashWorkerData = workerData;
const stopped = new Int32Array(data.stopped);
const digest = createHash('sha256');
const buffer = Buffer.allocUnsafeSlow(CHUNK);
let fd: number | null = null;
let done = 0;
/** Up to here the disk was told to write, and up to here it has. */
let begun = 0;
let written = 0;

function follow({ upTo, last }: HashRequest): HashReply | null {
  fd ??= openSync(data.path, 'r');
  while (done < upTo && Atomics.load(stopped, 0) === 0) {
    const got = readSync(fd, buffer, 0, Math.min(CHUNK, upTo - done), done);
    if (got === 0) throw new Error('the bundle is shorter than what was written');
    digest.update(buffer.subarray(0, got));
    done += got;
    writeBack(fd);
  }
  if (!last) return null;
  closeSync(fd);
  return { kind: 'digest', sha256: digest.digest('hex') };
}

/** One step is being written while the one before it is waited for. */
function writeBack(file: number): void {
  if (done - begun < WRITE_STEP) return;
  beginWriteBack(file, begun, done - begun);
  if (begun > written) writeOutAndForget(file, written, begun - written);
  written = begun;
  begun = done;
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
