import { type DayFacts, liveOneDay } from '../corpus/day2.js';
import { calm } from '../corpus/site.js';
import type { Row } from './row.js';

/** Nothing changed, files only. backupd has a site of its own without the database; the others just take no dump. */
export const unchangedFiles: Row = async (shop) => {
  const site = await shop.siteM();
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'restic', 'borg'), {
    tool: (name) => shop.filled(name, site, name === 'backupd' ? 'files' : 'all'),
    warm: () => [site.root],
    run: (tool) => tool.backUp('files'),
  });
  return { samples };
};

/** Nothing changed, files and database. */
export const unchanged: Row = async (shop) => {
  const site = await shop.siteM();
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'restic', 'borg'), {
    tool: (name) => shop.filled(name, site),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
  });
  return { samples };
};

/** A day passes before each round, and every tool backs up what it changed. Changes site M: later rows see it so. */
export const dayTwo: Row = async (shop) => {
  const site = await shop.siteM();
  const names = shop.toolbox.available('backupd', 'restic', 'borg');
  for (const name of names) await shop.filled(name, site);
  let last: DayFacts | null = null;
  const samples = await shop.rounds(names, {
    begin: async (round) => {
      last = await liveOneDay(
        { root: site.root, socket: site.server.socket, database: site.database, spec: site.rows, files: shop.scale },
        round + 1,
      );
      await calm(site.server);
    },
    tool: (name) => shop.filled(name, site),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
  });
  return { samples, facts: last === null ? {} : { ...(last as DayFacts) } };
};
