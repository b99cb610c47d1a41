import { join } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import type { StageContext } from '../../../engine/ports/index.js';
import { readJson, writeJsonDurably } from '../../../engine/runner/index.js';
import { makeMaintenanceFile, removeMaintenanceFile, renewMaintenanceFile } from './maintenance-file.js';

/** Well within the ten minutes after which WordPress ends it by itself. */
const RENEW_MS = 180_000;

type Who = Pick<StageContext, 'jobId' | 'workDir'>;

/**
 * Maintenance mode of sites while a job works on them. It is renewed as long as it is needed and ends by itself within ten minutes
 * when this process is gone; what it put where is noted in the work folder, so that the next start ends it at once.
 */
export class Maintenance {
  readonly #renewals = new Map<string, NodeJS.Timeout>();

  constructor(private readonly renewMs = RENEW_MS) {}

  /**
   * Begins it, once for a job. A site that is in maintenance mode of its own is left as it is; one that can't be put into it is worked
   * on all the same, with the warning MAINTENANCE_NOT_POSSIBLE. Never throws for that.
   */
  async begin(context: Who & Pick<StageContext, 'journal'>, folder: string): Promise<void> {
    const { jobId, workDir, journal } = context;
    if (this.#renewals.has(jobId)) return;
    // Held from here on, as stages begin at the same time.
    const timer = setInterval(() => void this.#renew(jobId, folder), this.renewMs).unref();
    this.#renewals.set(jobId, timer);
    try {
      // Before the file: what is not noted would not be ended.
      await writeJsonDurably(recordOf(workDir), { folder });
      if ((await makeMaintenanceFile(folder, jobId)) === 'made') return;
      this.#stopRenewing(jobId);
      journal.note('The site is in maintenance mode of its own; it is left in it.');
    } catch (error) {
      this.#stopRenewing(jobId);
      const reason = errnoOf(error) ?? String(error);
      journal.warn({
        code: 'MAINTENANCE_NOT_POSSIBLE',
        message: `The site could not be put into maintenance mode (${reason}); it was in use while it was read.`,
        context: { folder, reason },
      });
    }
  }

  /** Ends it, also one that an earlier process began. Idempotent; a site that is gone is fine. Throws system errors. */
  async end({ jobId, workDir }: Who): Promise<void> {
    this.#stopRenewing(jobId);
    const noted = await readJson(recordOf(workDir));
    if (typeof noted !== 'object' || noted === null || !('folder' in noted) || typeof noted.folder !== 'string') return;
    await removeMaintenanceFile(noted.folder, jobId);
  }

  #stopRenewing(jobId: string): void {
    clearInterval(this.#renewals.get(jobId));
    this.#renewals.delete(jobId);
  }

  async #renew(jobId: string, folder: string): Promise<void> {
    // Somebody ended it, or the site is gone: nothing to be renewed. It stays noted as begun.
    await renewMaintenanceFile(folder, jobId).catch(() => false);
  }
}

function recordOf(workDir: string): string {
  return join(workDir, 'maintenance.json');
}
