import { workerData } from 'node:worker_threads';
import { serveRuns } from '../read/pool/serve-runs.js';
import { MetadataWriter, type Ownership, type Refusals } from './metadata.js';
import { NewFile, type TreeFile } from './write-file.js';
import { workInBackground } from '../../threads/background.js';

/** What a thread that writes files is started with. */
workInBackground();

export interface ExtractWorkerData {
  memory: SharedArrayBuffer;
  /** Descriptor of the folder below which it writes. */
  folder: number;
  ownership: Ownership;
}

/** Entry point of a thread that writes files. */
const { memory, folder, ownership }: ExtractWorkerData = workerData;
const metadata = new MetadataWriter(ownership);

serveRuns<TreeFile>(memory, {
  open: (item) => new NewFile(folder, item, metadata),
  close: (): Refusals => metadata.refusals(),
});
