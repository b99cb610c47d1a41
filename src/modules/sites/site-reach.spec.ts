import { mkdirSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Patience } from '../../common/patience.js';
import { useTempFolder } from '../../engine/testing/temp-folder.js';
import { SiteReach } from './site-reach.js';

const folder = useTempFolder('site-reach');

/** A host on which everything on the mount of /proc hangs. */
function withDead(): { reach: SiteReach; looks: string[] } {
  const reach = new SiteReach();
  reach.patience = new Patience(20);
  const looks: string[] = [];
  const { look } = reach;
  reach.look = (path) => {
    looks.push(path);
    return path.startsWith('/proc/') ? new Promise(() => undefined) : look(path);
  };
  return { reach, looks };
}

it('a link to a dead mount is a matter of the sites on that mount alone', async () => {
  mkdirSync(folder('site/sub'), { recursive: true });
  symlinkSync('/proc/self', folder('away'));
  symlinkSync('site', folder('here'));
  const { reach, looks } = withDead();
  const dead = { code: 'SITE_NOT_ANSWERING' };
  await expect(reach.check({ path: folder('away/wp') })).rejects.toMatchObject(dead);
  await expect(reach.check({ path: '/proc/1' })).rejects.toMatchObject(dead);
  expect(looks.filter((path) => path.startsWith('/proc/'))).toEqual(['/proc/self']);
  await reach.check({ path: folder('here/sub') });
  expect(looks.at(-1)).toBe(folder('site/sub'));
});

it('what is not there, and links that lead nowhere, are answers', async () => {
  symlinkSync('round', folder('round'));
  const { reach } = withDead();
  await reach.check({ path: folder('round/x') });
  await reach.check({ path: folder('none/x') });
});
