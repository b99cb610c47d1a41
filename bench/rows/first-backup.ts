import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bytesBelow, filesBelow } from '../measure/disk.js';
import { measureLatency } from '../measure/latency.js';
import { runTimed } from '../measure/run-command.js';
import { Original } from '../tools/original.js';
import { Plain } from '../tools/plain.js';
import { TOOL_NAMES } from '../tools/tool.js';
import type { Workshop } from '../workshop.js';
import type { Row } from './row.js';

/** First backup of site M, files and database. Each run has a new, empty repository; the last ones stay for later rows. */
export const firstBackup: Row = async (shop) => {
  const site = await shop.siteM();
  const facts: Record<string, number> = {
    sourceFiles: [...filesBelow(site.root)].length,
    sourceFileBytes: bytesBelow(site.root),
  };
  const samples = await shop.rounds(shop.toolbox.available(...TOOL_NAMES), {
    tool: (name) => shop.fresh(name, site, 'all'),
    warm: () => [site.root],
    run: (tool) => tool.backUp('all'),
    after: async (tool, round) => {
      if (tool instanceof Original)
        Object.assign(facts, { originalTemporaryBytes: tool.temporaryBytes, dumpBytes: tool.dumpBytes });
      if (tool instanceof Plain) facts['compressedDumpBytes'] = lstatSync(join(tool.repository, 'dump.sql.zst')).size;
      if (round === shop.options.runs - 1) shop.keep(tool, site);
      else await tool.end();
    },
  });
  return { samples, facts: { ...facts, ...(await watchedFirstBackup(shop)) } };
};

/** Memory and temporary disk of one more first backup, which is not timed. */
async function watchedFirstBackup(shop: Workshop): Promise<Record<string, number>> {
  const site = await shop.siteM();
  const tool = shop.toolbox.backupd();
  await tool.begin(site, shop.folder('backupd-watched'), 'all');
  try {
    await shop.prepare([site.root]);
    return { ...(await tool.watchedBackUp()) };
  } finally {
    await tool.end();
  }
}

const CALL_EVERY_MS = 5;

/** How fast the API answers while a first backup of site M runs. */
export const apiLatency: Row = async (shop) => {
  const site = await shop.siteM();
  const tool = shop.toolbox.backupd();
  await tool.begin(site, shop.folder('backupd-latency'), 'all');
  try {
    await shop.prepare([site.root]);
    const { url, token } = tool.master;
    const urls = [`${url}/daemon/health`, `${url}/sites`];
    const found = await measureLatency(urls, token, CALL_EVERY_MS, () => runTimed(tool.backUpCommand, { accept: [3] }));
    const facts: Record<string, number> = {};
    for (const [address, latency] of found) {
      const name = address.endsWith('/sites') ? 'sites' : 'health';
      for (const [figure, value] of Object.entries(latency)) facts[`${name} ${figure}`] = value;
    }
    shop.say(
      `  ${Object.entries(facts)
        .map(([name, value]) => `${name} ${value.toFixed(1)}`)
        .join(', ')}`,
    );
    return { samples: {}, facts };
  } finally {
    await tool.end();
  }
};
