import { join } from 'node:path';
import type { TestApi } from '../support/api.js';
import { TestMaster } from '../support/master.js';
import { freePort, makeScratch } from '../support/scratch.js';
import type { WordPressSite } from '../support/wordpress.js';
import { breakSite, liveADay, makeDemoSites } from './demo-sites.js';
import { takeScreenshots } from './screenshots.js';

/**
 * `npm run demo`: three real WordPress sites on SQLite, backed up for some days' worth of changes, one of them then broken, and the
 * dashboard open on them until Ctrl-C. `--screenshots` takes the pictures of the documentation instead, and ends.
 */
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const DEMO_USER = { name: 'demo', password: 'three-clicks-and-safe' };
const DAYS = 5;

async function main(args: readonly string[]): Promise<void> {
  const scratch = makeScratch('demo');
  const folder = scratch.path;
  let master: TestMaster | null = null;
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    say('Building the demo, about a minute:');
    const sites = await makeDemoSites(join(folder, 'www'), say);
    master = await TestMaster.start({
      dataDir: join(folder, 'data'),
      env: { BACKUPD_PORT: String(await portFor(args)) },
    });
    await fill(master.api, join(folder, 'second-disk'), sites);
    if (args.includes('--screenshots')) {
      await takeScreenshots(master.url, DEMO_USER, say);
      return;
    }
    say('');
    say(`  The dashboard: ${master.url}`);
    say(`  Sign in as ${DEMO_USER.name} with the password ${DEMO_USER.password}`);
    say('');
    say(
      'One site was broken by a bad update: find it on the overview, and restore it in three clicks. Ctrl-C ends the demo and removes all of it.',
    );
    await stop;
  } finally {
    await master?.stop();
    scratch.remove();
  }
}

/** The usual one, where it is free. */
async function portFor(args: readonly string[]): Promise<number> {
  const given = args.find((each) => /^--port=\d+$/.test(each));
  return given === undefined ? freePort() : Number(given.slice('--port='.length));
}

async function fill(api: TestApi, secondDisk: string, sites: readonly WordPressSite[]): Promise<void> {
  await api.post('/users', { ...DEMO_USER, role: 'admin', email: 'demo@example.com' });
  await api.post('/storage', { name: 'second disk', kind: 'local', settings: { path: secondDisk }, isDefault: true });
  const { created } = await api.post<{ created: { id: string; path: string }[] }>('/sites/import', {
    paths: sites.map(({ root }) => root),
  });
  await api.post('/schedules', {
    name: 'Every night',
    kind: 'backup',
    scope: 'all',
    rhythm: { every: 'day', at: '02:30' },
  });
  say('  backing up …');
  for (let day = 1; day <= DAYS; day += 1)
    for (const site of sites) {
      if (day > 1) await liveADay(site, day);
      const { id } = created.find(({ path }) => path === site.root) ?? { id: '' };
      await api.backUp(id);
    }
  await api.post('/proof/run');
  const [, , broken] = sites;
  if (broken === undefined) return;
  say('  breaking one of them …');
  await breakSite(broken);
  await api.backUp(created.find(({ path }) => path === broken.root)?.id ?? '');
}

await main(process.argv.slice(2));
