import { join } from 'node:path';
import { statfsSync, rmSync } from 'node:fs';
import { growSmallFiles, writeLargeFile } from '../corpus/many-files.js';
import type { BenchSite } from '../corpus/site.js';
import { Backupd, type Peaks } from '../tools/backupd.js';
import type { Workshop } from '../workshop.js';
import type { Row } from './row.js';

const FILE_STEPS = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_FILE_STEPS = [500];
const GB = 1_000_000_000;
const GB_STEPS = [1, 5];
const DEEP_GB_STEPS = [1, 5, 20, 50];
const PIECE = 5 * GB;

/** Peak memory of a first backup by number of files. The largest tree and its backup stay for the next row. */
export const memoryByFiles: Row = async (shop) => {
  const facts: Record<string, number> = {};
  for (const files of fileSteps(shop)) {
    const site = await grown(shop, files);
    await shop.discard(site);
    put(facts, `${files} files`, await watchedFirst(shop, site));
    shop.say(`  ${files} files: ${shown(facts, `${files} files`)}`);
  }
  return { samples: {}, facts };
};

/** A million unchanged files: a first backup with each tool, then paired runs in which nothing has changed. */
export const unchangedMillion: Row = async (shop) => {
  const files = fileSteps(shop).at(-1) ?? 0;
  const site = await grown(shop, files);
  const samples = await shop.rounds(shop.toolbox.available('backupd', 'restic'), {
    tool: (name) => shop.filled(name, site, 'files'),
    run: (tool) => tool.backUp('files'),
  });
  const facts: Record<string, number> = { files };
  const own = await shop.filled('backupd', site, 'files');
  if (own instanceof Backupd) put(facts, 'unchanged', await own.watchedBackUp());
  await shop.discard(site);
  rmSync(site.root, { recursive: true });
  return { samples, facts };
};

const fileSteps = (shop: Workshop): number[] => (shop.options.quick ? QUICK_FILE_STEPS : FILE_STEPS);

/** Peak memory of a first backup by bytes. What it packs compresses to next to nothing, so that disk is needed once only. */
export const memoryByBytes: Row = async (shop) => {
  const site = await shop.bare('large-files');
  const facts: Record<string, number> = {};
  let written = 0;
  for (const step of shop.options.quick ? [0.002] : shop.options.deep ? DEEP_GB_STEPS : GB_STEPS) {
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
    await shop.discard(site);
    put(facts, `${step} GB`, await watchedFirst(shop, site));
    shop.say(`  ${step} GB: ${shown(facts, `${step} GB`)}`);
  }
  await shop.discard(site);
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

/** A first backup of a site's files that is watched; its repository is kept. */
async function watchedFirst(shop: Workshop, site: BenchSite): Promise<Peaks> {
  const tool = shop.toolbox.backupd();
  shop.keep(tool, site, 'files');
  await tool.begin(site, shop.folder('backupd-watched'), 'files');
  await shop.prepare();
  return tool.watchedBackUp();
}

function put(facts: Record<string, number>, name: string, peaks: Peaks): void {
  for (const [figure, value] of Object.entries(peaks)) facts[`${name} ${figure}`] = value;
}

function shown(facts: Record<string, number>, name: string): string {
  const figure = (key: string): number => facts[`${name} ${key}`] ?? 0;
  return `${Math.round(figure('ownBytes') / 1e6)} MB, ${figure('seconds').toFixed(1)} s`;
}
