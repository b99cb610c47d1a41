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
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'plain'), {
    tool: (name) => shop.fresh(name, site, 'files'),
    chill: dropCaches,
    run: (tool) => tool.backUp('files'),
    after: (tool) => tool.end(),
  });
  return { samples };
};

/** Site S: the first backup, and right after it one in which nothing has changed. */
export const siteS: Row = async (shop) => {
  const site = await shop.siteS();
  const samples = await shop.rounds(shop.toolbox.available(...TOOL_NAMES), {
    tool: (name) => shop.fresh(name, site, 'all'),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
    after: (tool) => tool.end(),
  });
  return { samples };
};

/** Site S, nothing changed, files and database. */
export const siteSUnchanged: Row = async (shop) => {
  const site = await shop.siteS();
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'restic', 'borg'), {
    tool: async (name) => {
      const tool = await shop.fresh(name, site, 'all');
      await tool.backUp('all');
      return tool;
    },
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
    after: (tool) => tool.end(),
  });
  return { samples };
};
