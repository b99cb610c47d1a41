import { join } from 'node:path';
import { statfsSync, rmSync } from 'node:fs';
import { growSmallFiles, writeLargeFile } from '../corpus/many-files.js';
import type { BenchSite } from '../corpus/site.js';
import { settle } from '../measure/quiet.js';
import { Backupd, type Peaks } from '../tools/backupd.js';
import type { Tool, ToolName } from '../tools/tool.js';
import type { RoundPlan, Workshop } from '../workshop.js';
import type { Row } from './row.js';

const FILE_STEPS = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_FILE_STEPS = [50, 500];
const GB = 1_000_000_000;
const GB_STEPS = [1, 5];
const DEEP_GB_STEPS = [1, 5, 20, 50];
const PIECE = 5 * GB;

/** Peak memory of a first backup by number of files. Grows the tree that the next row needs. */
export const memoryByFiles: Row = async (shop) => {
  const facts: Record<string, number> = {};
  for (const files of shop.options.quick ? QUICK_FILE_STEPS : FILE_STEPS) {
    const peaks = await watchedFilesOnly(shop, await grown(shop, files));
    put(facts, `${files} files`, peaks);
    shop.say(`  ${files} files: ${megabytes(peaks.ownBytes)}, ${peaks.seconds.toFixed(1)} s`);
  }
  return { samples: {}, facts };
};

/** A million unchanged files: a first backup with each tool, then paired runs in which nothing has changed. */
export const unchangedMillion: Row = async (shop) => {
  const files = (shop.options.quick ? QUICK_FILE_STEPS : FILE_STEPS).at(-1) ?? 0;
  const site = await grown(shop, files);
  const names = shop.toolbox.available('backupd', 'restic');
  const tools = new Map<ToolName, Tool>();
  for (const name of names) tools.set(name, await shop.fresh(name, site, 'files'));
  const plan: RoundPlan = {
    tool: async (name) => tools.get(name) ?? shop.fresh(name, site, 'files'),
    run: (tool) => tool.backUp('files'),
  };
  try {
    const first = await shop.rounds(names, { ...plan, runs: 1 });
    shop.say('  again, unchanged:');
    const samples = await shop.rounds(names, plan);
    const facts: Record<string, number> = { files };
    for (const name of names) facts[`${name} first seconds`] = first[name]?.[0]?.seconds ?? 0;
    const own = tools.get('backupd');
    if (own instanceof Backupd) put(facts, 'unchanged', await own.watchedBackUp());
    return { samples, facts };
  } finally {
    for (const tool of tools.values()) await tool.end();
  }
};

/** Peak memory of a first backup by bytes. What it packs compresses to next to nothing, so that disk is needed once only. */
export const memoryByBytes: Row = async (shop) => {
  const site = await shop.bare('large-files');
  const facts: Record<string, number> = {};
  let written = 0;
  for (const step of shop.options.quick ? [0.002, 0.006] : shop.options.deep ? DEEP_GB_STEPS : GB_STEPS) {
    const { bavail, bsize } = statfsSync(site.root);
    if (step * GB - written > bavail * bsize * 0.9) {
      shop.say(`  ${step} GB: skipped, the disk has not enough room`);
      break;
    }
    while (written < step * GB) {
      const bytes = Math.min(PIECE, step * GB - written);
      writeLargeFile(join(site.root, `wp-content/archive/log-${written}.txt`), bytes);
      written += bytes;
    }
    const peaks = await watchedFilesOnly(shop, site);
    put(facts, `${step} GB`, peaks);
    shop.say(`  ${step} GB: ${megabytes(peaks.ownBytes)}, ${peaks.seconds.toFixed(1)} s`);
  }
  rmSync(site.root, { recursive: true });
  return { samples: {}, facts };
};

/** How far a site was grown. */
const smallFiles = new WeakMap<BenchSite, number>();

/** The site of small files, grown to so many. */
async function grown(shop: Workshop, files: number): Promise<BenchSite> {
  const site = await shop.bare('small-files');
  const there = smallFiles.get(site) ?? 0;
  if (there < files) {
    shop.say(`making ${files} files …`);
    growSmallFiles(site.root, there, files);
    smallFiles.set(site, files);
  }
  return site;
}

async function watchedFilesOnly(shop: Workshop, site: BenchSite): Promise<Peaks> {
  const tool = shop.toolbox.backupd();
  await tool.begin(site, shop.folder('backupd-memory'), 'files');
  try {
    await settle();
    return await tool.watchedBackUp();
  } finally {
    await tool.end();
  }
}

function put(facts: Record<string, number>, name: string, peaks: Peaks): void {
  for (const [figure, value] of Object.entries(peaks)) facts[`${name} ${figure}`] = value;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
