import { workerData } from 'node:worker_threads';
import { serveRuns } from '../read/pool/serve-runs.js';
import { workInBackground } from '../../threads/background.js';

/** Entry point of a thread that only checks what it reads. */
workInBackground();

const memory: SharedArrayBuffer = workerData;

serveRuns(memory, null);
