import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MariaDbServer } from '../support/mariadb.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';
import { Victim } from './crash-victim.js';

/** How often the master is killed while it works on one job. From the third time on the job has failed, and is retried. */
const KILLS = [2, 3, 3, 3, 2, 3, 3, 3, 2, 3, 3];
const COUNT = KILLS.reduce((sum, kills) => sum + kills, 0);

describe(`a master that is killed at ${2 * COUNT} instants`, () => {
  const scratch = makeScratch('e2e-crash');
  let server: MariaDbServer;
  const victims: Victim[] = [];
  beforeAll(async () => {
    server = await MariaDbServer.start();
    for (const name of ['local', 's3'] as const) {
      const account = await server.createDatabase(`crash_${name}`);
      const root = join(scratch.path, 'www', name);
      const wordpress = await WordPressSite.install({ root, database: account, slim: true });
      victims.push(new Victim(name, COUNT, scratch.path, server, wordpress, account));
    }
  });
  afterAll(async () => {
    await Promise.all(victims.map((victim) => victim.end()));
    await server?.stop();
    scratch.remove();
  });

  it(
    'leaves whole backups, one for each job, and nothing else, in a folder and in a bucket',
    { timeout: 900_000 },
    async () => {
      await Promise.all(
        victims.map(async (victim) => {
          await victim.begin();
          for (const [i, kills] of KILLS.entries()) {
            const job = await victim.backUpUnderFire(kills, i % 2 === 0);
            if (i === 1 || i === KILLS.length - 1) await victim.expectRestorable(job);
          }
        }),
      );
      // The other kills have met a start, or the moments after the job.
      const met = victims.reduce((sum, victim) => sum + victim.cutOff(), 0);
      expect(met).toBeGreaterThanOrEqual(COUNT);
    },
  );
});
