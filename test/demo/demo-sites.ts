import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WordPressSite } from '../support/wordpress.js';

const NAMES = [
  ['flower-shop', 'Blütenwerk Flowers'],
  ['bike-workshop', 'Kettler & Sons Bike Workshop'],
  ['town-choir', 'Town Choir Lindau'],
] as const;

/** Three real WordPress sites on SQLite. */
export async function makeDemoSites(folder: string, say: (line: string) => void): Promise<WordPressSite[]> {
  const sites: WordPressSite[] = [];
  for (const [index, [name, title]] of NAMES.entries()) {
    say(`  installing WordPress: ${title} …`);
    // oxlint-disable-next-line no-await-in-loop -- one after the other: each takes a whole processor
    const site = await WordPressSite.install({
      root: join(folder, name),
      database: 'sqlite',
      title,
      posts: 4 + index * 3,
    });
    sites.push(site);
  }
  return sites;
}

/** What happens on a site between two backups: a post, a picture, a change of the theme. */
export async function liveADay(site: WordPressSite, day: number): Promise<void> {
  await site.php(
    `wp_insert_post(['post_title' => 'News of day ${day}', 'post_content' => str_repeat('We are open. ', 40 + ${day}), 'post_status' => 'publish']);`,
  );
  const noise = Buffer.from(
    Array.from({ length: 60_000 + day * 9000 }, (_, n) => (n * n * 31 + day * 17 + (n >> 3)) % 256),
  );
  await writeFile(join(site.root, 'wp-content/uploads', `picture-of-day-${day}.jpg`), noise);
  await appendFile(join(site.root, 'wp-content/themes/twentytwentythree/style.css'), `\n/* day ${day} */\n`);
}

/** An update that went wrong: half of the files are gone, and the configuration is garbage. */
export async function breakSite(site: WordPressSite): Promise<void> {
  await writeFile(join(site.root, 'wp-config.php'), '<?php\n// update in progres');
}
