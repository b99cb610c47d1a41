import { parentPort, workerData } from 'node:worker_threads';
import { asAppError } from '../../../common/errors/index.js';
import type { ScanReply, ScanRequest, ScanThreadData } from './scan-protocol.js';
import { TreeScan } from './tree-scan.js';
import { workInBackground } from '../../threads/background.js';

/** Entry point of a scan thread: walks, and sends batches as long as it has leave to. */
workInBackground();

const data: ScanThreadData = workerData;
const scan = new TreeScan(data.scan);
const used: Uint8Array<ArrayBuffer>[] = [];
let leave = data.ahead;
let isOver = false;

function send(reply: ScanReply, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, transfer);
}

function end(): void {
  isOver = true;
  scan.close();
}

function work(): void {
  try {
    while (leave > 0 && !isOver) {
      const more = scan.fill(data.batchBytes, Infinity);
      const batch = scan.found.take(used.pop());
      leave -= 1;
      send({ kind: 'batch', batch }, [batch.bytes.buffer]);
      if (more) continue;
      send({ kind: 'done', excluded: scan.excluded });
      end();
    }
  } catch (error) {
    const { code, kind, message, hint, retry, context } = asAppError(error);
    send({ kind: 'failed', failure: { code, kind, message, hint, retry, context: { ...context } } });
    end();
  }
}

parentPort?.on('message', (request: ScanRequest) => {
  if (request.kind === 'end') {
    if (!isOver) end();
    parentPort?.close();
    return;
  }
  used.push(request.bytes);
  leave += 1;
  work();
});
work();
