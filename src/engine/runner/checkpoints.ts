import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, errnoOf } from '../../common/errors/index.js';
import type { CheckpointStore } from '../ports/index.js';
import { readJson, writeJsonDurably } from './durable-file.js';

/** Checkpoints as small files, one per stage, in a folder. A torn or missing file counts as no checkpoint. */
export class FileCheckpoints implements CheckpointStore {
  constructor(private readonly folder: string) {}

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the port's signature: the stage knows what it wrote
  async get<T>(stage: string): Promise<T | null> {
    // The file was written by the same stage of the same version; stages check what they read.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await readJson(this.#file(stage))) as T | null;
  }

  async set(stage: string, value: unknown): Promise<void> {
    const file = this.#file(stage);
    try {
      await writeJsonDurably(file, value);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeJsonDurably(file, value);
    }
  }

  async delete(stage: string): Promise<void> {
    await rm(this.#file(stage), { force: true });
  }

  #file(stage: string): string {
    if (!/^[a-z0-9][a-z0-9_.-]{0,99}$/i.test(stage)) {
      throw new AppError({
        code: 'INTERNAL',
        kind: 'internal',
        message: `"${stage}" can't be the name of a checkpoint.`,
        hint: 'Stage and checkpoint names are letters, digits, dot, dash and underscore.',
      });
    }
    return join(this.folder, `${stage}.json`);
  }
}
