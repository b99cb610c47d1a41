import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { asAppError } from '../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import type { RunContext } from '../../engine/plans/index.js';
import type { JobJournal } from '../../engine/ports/index.js';
import { readJson, writeJsonDurably } from '../../engine/runner/index.js';
import type { JobOrder } from '../node-protocol/index.js';
import { ResourceService } from '../resources/index.js';
import { SecretBox } from '../secrets/box/index.js';
import { NodePlans } from './node-plans.js';
import { RunFiles } from './run-files.js';
import { ToldOnce } from './told-once.js';

const AGAIN_MS = 600_000;

/** Restores that could not be taken back: tried again at each start and every ten minutes, until the site is as it was. */
@Injectable()
export class StuckRestores {
  private readonly logger = new Logger('node');
  private readonly folder: string;
  /** Jobs that are clean by now. */
  readonly cleared = new ToldOnce();
  private trying: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    config: AppConfig,
    private readonly files: RunFiles,
    private readonly plans: NodePlans,
    private readonly resources: ResourceService,
    private readonly box: SecretBox,
  ) {
    this.folder = join(config.paths.root, 'stuck');
  }

  /** Tries those of before once `after` has resolved, and again from now on. */
  async open(after: Promise<unknown>): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.timer = setInterval(() => void this.tryAll(), AGAIN_MS).unref();
    void after.then(() => this.tryAll());
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Durable when it resolves. */
  async add(order: JobOrder): Promise<void> {
    await writeJsonDurably(this.file(order.jobId), { sealed: this.box.seal(JSON.stringify(order)) });
  }

  /** The master has heard of those that are clean. */
  told(): void {
    for (const jobId of this.cleared.told()) void rm(this.file(jobId), { force: true }).catch(() => undefined);
  }

  /** Tries each once more, now. */
  async tryAll(): Promise<void> {
    this.trying ??= this.tryEach().finally(() => {
      this.trying = null;
    });
    await this.trying;
  }

  /** What taking back needs of a run. */
  contextOf({ jobId, attempt }: JobOrder, journal: JobJournal): RunContext {
    const folder = this.files.workFolder(jobId);
    const { resources } = this;
    const { checkpoints, path } = folder;
    return { jobId, attempt, workDir: path, signal: new AbortController().signal, journal, resources, checkpoints };
  }

  private async tryEach(): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!name.endsWith('.json')) continue;
      const jobId = name.slice(0, -'.json'.length);
      // Its file stays until the master has heard of it: a kill before that loses nothing.
      if (this.cleared.has(jobId)) continue;
      try {
        const kept = await readJson(join(this.folder, name));
        if (typeof kept !== 'object' || kept === null || !('sealed' in kept)) continue;
        // Written by `add`.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        const order = JSON.parse(this.box.reveal(String(kept.sealed))) as JobOrder;
        const folder = this.files.workFolder(jobId);
        await folder.open();
        await this.plans.takeBack(order, this.contextOf(order, silent));
        await folder.remove();
        this.cleared.add(jobId);
        this.logger.log(`The restore of job ${jobId} was taken back.`);
      } catch (error) {
        this.logger.warn(`The restore of job ${jobId} can't be taken back yet: ${asAppError(error).message}`);
      }
    }
  }

  private file(jobId: string): string {
    return join(this.folder, `${jobId}.json`);
  }
}

const silent: JobJournal = { progress: () => undefined, warn: () => undefined, note: () => undefined };
