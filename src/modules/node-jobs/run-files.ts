import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import { readJson, WorkFolder, writeJsonDurably } from '../../engine/runner/index.js';
import type { JobOrder } from '../node-protocol/index.js';
import { SecretBox } from '../secrets/box/index.js';
import { Outbox } from './outbox.js';

const ORDER = '.order.json';

/** What this node keeps of its runs: `<data>/runs/<run id>.order.json` (sealed) and `<run id>.reports`, until the master has the end. */
@Injectable()
export class RunFiles {
  private readonly logger = new Logger('node');
  private readonly folder: string;

  constructor(
    private readonly config: AppConfig,
    private readonly box: SecretBox,
  ) {
    this.folder = join(config.paths.root, 'runs');
  }

  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Durable when it resolves: a run that has begun is known after a kill. */
  async keep(order: JobOrder): Promise<void> {
    await writeJsonDurably(this.orderFile(order.runId), { sealed: this.box.seal(JSON.stringify(order)) });
  }

  outbox(runId: string): Promise<Outbox> {
    return Outbox.open(join(this.folder, `${runId}.reports`));
  }

  async forget(runId: string): Promise<void> {
    await rm(this.orderFile(runId), { force: true });
  }

  /** What an earlier process left. What can't be read is left alone and told. */
  async left(): Promise<JobOrder[]> {
    const orders: JobOrder[] = [];
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith(ORDER)) continue;
      try {
        const kept = await readJson(join(this.folder, name));
        if (typeof kept !== 'object' || kept === null || !('sealed' in kept)) throw new Error('it is no order');
        // Written by `keep`.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        orders.push(JSON.parse(this.box.reveal(String(kept.sealed))) as JobOrder);
      } catch (error) {
        this.logger.error(`${name} can't be read, its run is not taken up: ${asAppError(error).message}`);
      }
    }
    return orders;
  }

  workFolder(jobId: string): WorkFolder {
    return new WorkFolder(join(this.config.paths.work, jobId));
  }

  private orderFile(runId: string): string {
    return join(this.folder, `${runId}${ORDER}`);
  }
}
