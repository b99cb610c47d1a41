import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { snapshotTree } from '../../../testing/index.js';
import { finish, linkCounts, PackedSite, stageDelta } from './packed-site.js';

/** Run as a process of its own by delta-safety.spec.ts: drops to nobody, backs a site up and restores it. */
const NOBODY = 65_534;
const folder = process.argv[2] ?? '';
chownSync(folder, NOBODY, NOBODY);
process.setegid?.(NOBODY);
process.seteuid?.(NOBODY);
const site = PackedSite.make(folder);
process.seteuid?.(0);
// Of root, and readable.
writeFileSync(site.at('foreign'), 'foreign');
process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

for (const name of ['own', 'locked']) writeFileSync(site.at(name), name);
await site.backUp();
const facts = (): string => {
  chmodSync(site.at('locked'), 0o644);
  return JSON.stringify(snapshotTree(site.root, { ignore: ['owner'] }));
};
const before = facts();
chmodSync(site.at('locked'), 0);
const { reuse, files } = await stageDelta(site);
await finish(files);
const isSame = facts() === before;
process.stdout.write(JSON.stringify({ reuse, isSame, links: linkCounts(site.root), litter: site.litter }));
