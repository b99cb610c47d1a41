import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow } from '../measure/disk.js';
import { TOOL_NAMES, type RestoreTarget, type Sample, type Scope, type Tool } from '../tools/tool.js';
import type { Workshop } from '../workshop.js';
import type { Measured, Row } from './row.js';

const READERS = TOOL_NAMES.filter((name) => name !== 'original');

/** All files into an empty folder, synced to disk. */
export const restoreFiles: Row = (shop) => restored(shop, 'files');

/** Files and database; the others' dump goes through the stock client. */
export const restoreAll: Row = (shop) => restored(shop, 'all');

async function restored(shop: Workshop, scope: Scope): Promise<Measured> {
  const site = await shop.siteM();
  const expected = [...filesBelow(site.root)].length;
  const folders: string[] = [];
  try {
    const samples = await shop.rounds(shop.toolbox.available(...READERS), {
      tool: (name) => shop.filled(name, site),
      warm: (tool) => [tool.repository],
      run: async (tool) => {
        const target = await shop.restoreTarget();
        folders.push(target.folder);
        try {
          const sample = await restoreWith(tool, scope, target);
          await compare(shop, tool, scope, target, expected);
          return sample;
        } finally {
          await target.dropDatabase();
        }
      },
    });
    return { samples };
  } finally {
    // Only now: for minutes, ext4 passes over inodes of files that were removed, and the next restore would pay for it.
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

function restoreWith(tool: Tool, scope: Scope, target: RestoreTarget): Promise<Sample> {
  if (tool.restore === undefined) throw new Error(`${tool.name} does not restore`);
  return tool.restore(scope, target);
}

/** A restore that left something out would be fast. */
async function compare(
  shop: Workshop,
  tool: Tool,
  scope: Scope,
  target: RestoreTarget,
  expected: number,
): Promise<void> {
  const found = [...filesBelow(target.folder)].length;
  if (found < expected) throw new Error(`${tool.name} restored ${found} of ${expected} files`);
  if (scope === 'files') return;
  const { server, database } = await shop.siteM();
  for (const table of ['wp_posts', 'wp_postmeta', 'wp_wc_order_product_lookup']) {
    const rows = async (name: string): Promise<number> =>
      Number((await server.query(`SELECT COUNT(*) AS n FROM \`${name}\`.${table}`))[0]?.['n']);
    const [there, back] = [await rows(database), await rows(target.database)];
    if (there !== back) throw new Error(`${tool.name} restored ${back} of ${there} rows of ${table}`);
  }
}

/** One upload of the last backup, to a file. */
export const oneFile: Row = async (shop) => {
  const site = await shop.siteM();
  const { root } = site;
  const uploads = [...filesBelow(join(root, 'wp-content/uploads'))].filter((file) => file.includes('image-'));
  const wanted = uploads[Math.floor(uploads.length / 2)];
  if (wanted === undefined) throw new Error('there is no upload');
  const samples = await shop.rounds(shop.toolbox.available(...READERS), {
    tool: (name) => shop.filled(name, site),
    warm: (tool) => [tool.repository],
    run: async (tool) => {
      const out = shop.folder('one-file');
      if (tool.oneFile === undefined) throw new Error(`${tool.name} gives no single file`);
      const sample = await tool.oneFile(relative(root, wanted), out);
      const got = [out, join(`${out}.folder`, relative(root, wanted))].find((path) => existsSync(path));
      for (const path of [got, `${out}.api`])
        if (path === undefined || (existsSync(path) && !readFileSync(path).equals(readFileSync(wanted))))
          throw new Error(`${tool.name} gave another file`);
      for (const path of [out, `${out}.folder`, `${out}.api`]) rmSync(path, { recursive: true, force: true });
      return sample;
    },
  });
  return { samples };
};

/** Every stored byte is read and checked. */
export const fullCheck: Row = async (shop) => {
  const site = await shop.siteM();
  const samples = await shop.rounds(shop.toolbox.available(...READERS), {
    tool: (name) => shop.filled(name, site),
    warm: (tool) => [tool.repository],
    run: (tool) => {
      if (tool.check === undefined) throw new Error(`${tool.name} checks nothing`);
      return tool.check();
    },
  });
  return { samples };
};
