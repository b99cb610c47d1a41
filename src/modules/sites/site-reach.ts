import { lstat, readlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { mountOf } from '../../common/mounts.js';
import { Patience } from '../../common/patience.js';
import { siteNotAnswering } from './sites.errors.js';

const PATIENCE_MS = 10_000;
/** As many links as the kernel follows. */
const MOST_LINKS = 40;

/** Asks the folder of a site for a sign of life before a job begins on it: on a dead mount everything hangs, and hears of no cancel. */
@Injectable()
export class SiteReach {
  patience = new Patience(PATIENCE_MS);

  /**
   * Whatever it says is an answer, also that it is not there. Links are followed one by one: one to a dead mount must not make the sites
   * beside it unreachable. Error: SITE_NOT_ANSWERING, at once where another look at that mount still hangs.
   */
  async check({ path }: { path: string }): Promise<void> {
    const left = namesOf(path);
    let at = '/';
    for (let links = 0, name = left.shift(); name !== undefined; name = left.shift()) {
      const next = join(at, name);
      const target = await this.patience.look(await mountOf(next), () => this.look(next));
      if (target === null) throw siteNotAnswering(path);
      if (target === '') {
        at = next;
        continue;
      }
      links += 1;
      if (links > MOST_LINKS) return;
      left.unshift(...namesOf(resolve(at, target)));
      at = '/';
    }
  }

  /** Where it leads to when it is a link, else nothing. Tests put a mount that is dead in its place. */
  look = async (path: string): Promise<string> => {
    try {
      return (await lstat(path)).isSymbolicLink() ? await readlink(path) : '';
    } catch {
      return '';
    }
  };
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '');
