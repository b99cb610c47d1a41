import { dropCaches, mayDropCaches } from '../measure/quiet.js';
import { TOOL_NAMES } from '../tools/tool.js';
import type { Row } from './row.js';

/** Files only, first backup, nothing in the page cache. */
export const coldCache: Row = async (shop) => {
  if (!mayDropCaches()) {
    shop.say('  skipped: only root may empty the page cache');
    return null;
  }
  const site = await shop.siteM();
  // This is the last row of site M: room for others.
  await shop.discard(site);
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'plain'), {
    tool: (name) => shop.fresh(name, site, 'files'),
    chill: dropCaches,
    run: (tool) => tool.backUp('files'),
    after: (tool) => tool.end(),
  });
  return { samples };
};

/** First backup of site S, files and database. The last ones stay for the next row. */
export const siteS: Row = async (shop) => {
  const site = await shop.siteS();
  const samples = await shop.rounds(shop.toolbox.available(...TOOL_NAMES), {
    tool: (name) => shop.fresh(name, site, 'all'),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
    after: async (tool, round) => {
      if (round === shop.options.runs - 1) shop.keep(tool, site);
      else await tool.end();
    },
  });
  return { samples };
};

/** Site S, nothing changed, files and database. */
export const siteSUnchanged: Row = async (shop) => {
  const site = await shop.siteS();
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'restic', 'borg'), {
    tool: (name) => shop.filled(name, site),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
  });
  await shop.discard(site);
  return { samples };
};
