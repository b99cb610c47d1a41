import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../common/errors/index.js';
import { FileCheckpoints } from './checkpoints.js';
import { readJson, writeJsonDurably } from './durable-file.js';

/** Names in a job's folder that belong to the runner. */
const STAGE_RECORDS = 'stages';
const CHECKPOINTS = 'checkpoints';
const CHILDREN = 'children';
/** When the job began whose work it is. */
const BEGUN = 'begun.json';
const FOLDERS = [STAGE_RECORDS, CHECKPOINTS, CHILDREN];
const RUNNER_NAMES = new Set([...FOLDERS, BEGUN]);

/** A job's own folder `<data>/work/<job id>`: what stages keep between attempts. */
export class WorkFolder {
  /** Results of finished stages, written by the runner. */
  readonly records: FileCheckpoints;
  /** The stages' own facts. */
  readonly checkpoints: FileCheckpoints;

  constructor(readonly path: string) {
    this.records = new FileCheckpoints(join(path, STAGE_RECORDS));
    this.checkpoints = new FileCheckpoints(join(path, CHECKPOINTS));
  }

  /** Makes the folder (0700); keeps what an earlier attempt left. */
  async open(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await chmod(this.path, 0o700);
    await Promise.all(FOLDERS.map(async (name) => mkdir(join(this.path, name), { recursive: true, mode: 0o700 })));
  }

  /**
   * As `open`, for a run of the job that began at that time; what is there of an earlier beginning goes: the job may have begun anew
   * on another master meanwhile.
   */
  async openFor(begun: Date): Promise<void> {
    await this.open();
    const mark = begun.toISOString();
    if ((await readJson(join(this.path, BEGUN))) === mark) return;
    await this.startOver([]);
    await writeJsonDurably(join(this.path, BEGUN), mark);
  }

  /** Whether a stage has finished in it. */
  async hasRecords(): Promise<boolean> {
    return (await namesIn(join(this.path, STAGE_RECORDS))).some((name) => name.endsWith('.json'));
  }

  /** Removes all that stages made; the folder itself and the runner's records stay. Links are not followed. */
  async clear(): Promise<void> {
    for (const name of await namesIn(this.path)) {
      if (!RUNNER_NAMES.has(name)) await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  /** As if no stage had run: its files, records and checkpoints go, but for the checkpoints named. Idempotent. */
  async startOver(keep: readonly string[]): Promise<void> {
    await this.clear();
    for (const file of await namesIn(join(this.path, STAGE_RECORDS))) await rm(join(this.path, STAGE_RECORDS, file));
    for (const file of await namesIn(join(this.path, CHECKPOINTS)))
      if (!keep.some((name) => file === `${name}.json`)) await rm(join(this.path, CHECKPOINTS, file), { force: true });
  }

  /** Removes the whole folder. Links are not followed. Idempotent. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Folder of the records of a job's child processes. */
export function childrenFolder(workDir: string): string {
  return join(workDir, CHILDREN);
}

/** Names in a folder; none when it is missing. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
