import { expect, it } from 'vitest';
import { mountIn, mountOf } from './mounts.js';

const INFO = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /srv/www rw shared:2 - nfs4 files:/www rw
31 30 0:26 / /srv/www/a\\040shop rw shared:3 - nfs4 files:/shop rw
32 22 0:27 / /srv/www2 rw - tmpfs tmpfs rw
`;

it.each([
  ['/etc', '/'],
  ['/srv/www', '/srv/www'],
  ['/srv/www/x/y', '/srv/www'],
  ['/srv/www/a shop/wp', '/srv/www/a shop'],
  ['/srv/www/a', '/srv/www'],
  ['/srv/www2/x', '/srv/www2'],
  ['/srv/www3', '/'],
])('%s lies on %s', (path, place) => {
  expect(mountIn(INFO, path)).toBe(place);
});

it('says something of every path here, and nothing where nothing is mounted', async () => {
  expect((await mountOf('/proc/self/status')).startsWith('/')).toBe(true);
  expect(mountIn('', '/x')).toBeNull();
});
