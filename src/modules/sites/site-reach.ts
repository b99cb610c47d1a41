import { lstat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { mountOf } from '../../common/mounts.js';
import { Patience } from '../../common/patience.js';
import { siteNotAnswering } from './sites.errors.js';

const PATIENCE_MS = 10_000;

/** Asks the folder of a site for a sign of life before a job begins on it: on a dead mount everything hangs, and hears of no cancel. */
@Injectable()
export class SiteReach {
  patience = new Patience(PATIENCE_MS);

  /** Whatever it says is an answer, also that it is not there. Error: SITE_NOT_ANSWERING, at once where another look at that mount still hangs. */
  async check({ path }: { path: string }): Promise<void> {
    const answer = await this.patience.look(await mountOf(path), () => this.look(path));
    if (answer === null) throw siteNotAnswering(path);
  }

  /** Ends whatever the folder says. Tests put a mount that is dead in its place. */
  look = async (path: string): Promise<true> => {
    await lstat(path).catch(() => null);
    return true;
  };
}
