import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { JobDto } from '../../src/cli/api-types.js';
import { SeededRandom } from '../../src/engine/testing/index.js';
import { MIB, settingsFor } from '../integration/storage/s3-storage.js';
import { sharedCeph } from '../support/ceph.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { TestMaster } from '../support/master.js';
import { makeScratch, until } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const SIZE = 48 * MIB;
const scratch = makeScratch('e2e-s3-interrupted');
afterAll(() => scratch.remove());

it.each(['stop', 'kill'] as const)(
  'a backup to a bucket goes on with the parts that are there (%s)',
  async (how) => {
    const ceph = await sharedCeph();
    const proxy = await CuttingProxy.start({ port: ceph.port });
    const settings = settingsFor(ceph, await ceph.createBucket(), { endpoint: proxy.endpoint, concurrency: 1 });
    const dataDir = join(scratch.path, how);
    // About five seconds for all of it.
    const start = (): Promise<TestMaster> =>
      TestMaster.start({ isDatabaseShared: true, dataDir, env: { BACKUPD_MAX_BANDWIDTH_MBPS: '80' } });
    let master = await start();
    try {
      const { id } = await master.api.post<{ id: string }>('/storage', { name: 'bucket', kind: 's3', settings });
      const { root } = await WordPressSite.install({
        root: join(scratch.path, 'www', how),
        database: 'sqlite',
        slim: true,
      });
      writeFileSync(join(root, 'wp-content', 'large.bin'), new SeededRandom(5).bytes(SIZE));
      const site = await master.api.addSite(root, { destinations: { mode: 'all', providers: [{ id }] } });
      const before = proxy.bytesUp;
      const job = await master.api.post<JobDto>(`/sites/${site.id}/backups`);
      await until('half of it to be sent', () => proxy.bytesUp - before > SIZE / 2, { timeoutMs: 60_000 });
      await master[how]();
      const sent = proxy.bytesUp - before;
      expect(sent).toBeLessThan(SIZE);
      master = await start();
      const ended = await master.api.ended(job.id);
      expect(ended).toMatchObject({ status: 'completed', warnings: [] });
      // Not from the beginning: no more than a part or two twice, and WordPress itself.
      expect(proxy.bytesUp - before).toBeLessThan(SIZE * 1.5 + 10 * MIB);
      const verify = await master.api.post<JobDto>(`/backups/${ended.backupId}/verify`);
      expect(await master.api.ended(verify.id)).toMatchObject({ status: 'completed', warnings: [] });
    } finally {
      await master.stop();
      await proxy.stop();
    }
  },
  180_000,
);
