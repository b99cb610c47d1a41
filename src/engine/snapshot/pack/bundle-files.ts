import { join } from 'node:path';
import { cancelledError } from '../../../common/errors/index.js';
import type { JobJournal } from '../../ports/job-context.js';
import type { SharedKnownContent } from '../known-content/index.js';
import type { EntrySpool } from '../manifest/index.js';
import { PLAN_FILE, type PlanSummary } from '../plan/index.js';
import { readTextFrames, type LineFrameWriter, type WarningLog } from '../work/index.js';
import type { BundleFile } from './bundle-file.js';
import { FilePacker } from './file-packer.js';
import { FrameLedger } from './frame-ledger.js';
import type { HashFollower } from './hash-follower.js';
import type { PackResult } from './protocol.js';
import { Turn } from './turn.js';
import { WorkerPool } from './worker-pool.js';

const PROGRESS_MS = 250;

export interface PackFilesOptions {
  workDir: string;
  plan: PlanSummary;
  bundle: BundleFile;
  hash: HashFollower;
  entries: EntrySpool;
  links: LineFrameWriter;
  folders: LineFrameWriter;
  /** Id of the bundle. */
  bundleId: number;
  known: SharedKnownContent | null;
  workers: number;
  level: number;
  signal: AbortSignal;
  journal: JobJournal;
  warnings: WarningLog;
}

/** Packs the plan's files into the bundle; gives where their frames end. The workers are gone when it settles. */
export async function packFiles(options: PackFilesOptions): Promise<number> {
  const { bundle, hash, plan, journal, signal, warnings } = options;
  const turn = Turn.create(0);
  let items = 0;
  const ledger = new FrameLedger(0, bundle.frames, (result) => {
    items += result.count;
    tell(result, journal, warnings);
  });
  const data = {
    fd: bundle.handle.fd,
    roots: plan.roots,
    bundle: options.bundleId,
    known: options.known,
    level: options.level,
    shared: turn.shared,
  };
  const pool = new WorkerPool(options.workers, data, turn);
  const cancel = (): void => pool.fail(cancelledError());
  signal.addEventListener('abort', cancel, { once: true });
  const progress = (): void =>
    journal.progress({
      bytesDone: turn.progress,
      bytesTotal: plan.bytes,
      itemsDone: items,
      itemsTotal: plan.entries,
    });
  const timer = setInterval(progress, PROGRESS_MS);
  try {
    const packer = new FilePacker({
      pool,
      entries: options.entries,
      links: options.links,
      folders: options.folders,
      roots: plan.roots,
      onResult: (result) => {
        ledger.add(result);
        hash.advance(ledger.end);
      },
    });
    await packer.run(readTextFrames(join(options.workDir, PLAN_FILE)));
    progress();
    return turn.end;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', cancel);
    await pool.close();
  }
}

function tell(result: PackResult, journal: JobJournal, warnings: WarningLog): void {
  for (const note of result.notes) journal.note(note);
  for (const { code, message, path } of result.warnings) {
    warnings.add({ code, message });
    journal.warn({ code, message, context: { path } });
  }
}
