import { describe, expect, it } from 'vitest';
import { cliAs } from '../core/cli.js';
import { useJobsApp } from '../jobs/jobs-app.js';
import { idsOf, makeBackups, makeSite } from './support.js';

const test = useJobsApp();

const cli = (...args: string[]): ReturnType<typeof cliAs> => cliAs(test.admin, args);

describe('the command line', () => {
  it('shows, previews, sets and applies retention; pins, unpins and keeps', async () => {
    const site = await makeSite(test, 'cli-shop');
    await makeBackups(test, site, 3);
    const ids = await idsOf(test, site);
    const [newest = '', middle = '', oldest = ''] = ids;
    expect((await cli('retention')).stdout).toContain('No policy is set: nothing is deleted.');
    expect((await cli('retention', 'show', 'cli-shop')).stdout).toMatch(/lets go +0 backups/);
    const preview = await cli('retention', 'preview', 'cli-shop', '--keep-last', '1', '--within', '1h');
    expect(preview.stdout).toContain('within 1h of the newest');
    expect(preview.stdout).toContain('3 backups kept, 0 let go; 0 B become free.');
    const strict = await cli('retention', 'preview', 'cli-shop', '--keep-last', '1', '--json');
    expect(JSON.parse(strict.stdout)).toMatchObject({ kept: 1, expired: 2, items: [{ action: 'keep' }, {}, {}] });
    expect(await cli('retention', 'set')).toMatchObject({ code: 2 });
    expect((await cli('retention', 'set', '--suggested', '--daily', '3')).stdout).toMatch(
      /default +last 7, daily 3, weekly 8, monthly 12, yearly 3/,
    );
    expect((await cli('retention', 'set', 'cli-shop', '--keep-last', '1')).stdout).toContain('cli-shop: last 1');
    expect((await cli('backups', 'pin', oldest, '--note', 'before the relaunch')).stdout).toContain(
      'is pinned: before the relaunch',
    );
    expect(await cli('retention', 'apply', 'cli-shop')).toMatchObject({ code: 2 });
    expect((await cli('retention', 'apply', 'cli-shop', '--yes')).stdout).toContain(
      '1 let go, 0 taken back, 0 deleted',
    );
    expect((await cli('backups', 'cli-shop')).stdout).toMatch(new RegExp(`${middle.slice(0, 18)}\\S* ×`));
    expect((await cli('backups', 'keep', middle)).stdout).toContain('is pinned: kept: retention had let it go');
    expect((await cli('backups', 'unpin', oldest)).stdout).toContain('is not pinned');
    expect((await cli('backups', 'unpin', 'latest', '--site', 'cli-shop')).stdout).toContain(newest.slice(0, 18));
    expect((await cli('retention', 'set', 'cli-shop', '--keep-all')).stdout).toContain('keep everything');
    expect((await cli('retention', 'set', 'cli-shop', '--none')).stdout).toContain('has the default policy');
    const grace = await cli('retention', 'set', '--none', '--grace-hours', '1');
    expect(grace.stdout).toMatch(/grace +1 hour\n/);
    expect(grace.stderr).toMatch(/let go before keep the end that they have/);
  });

  it('deletes a backup by hand: asks, refuses the newest and whoever is no admin, with what to do', async () => {
    const site = await makeSite(test, 'cli-delete');
    await makeBackups(test, site, 2);
    const [newest = '', older = ''] = await idsOf(test, site);
    expect(await cli('backups', 'delete', older)).toMatchObject({ code: 2 });
    const not = await cliAs(test.operator, ['backups', 'delete', older, '--yes']);
    expect(not).toMatchObject({ code: 1, stderr: expect.stringContaining('takes the role admin') as string });
    expect((await cliAs(test.admin, ['backups', 'delete', older], { type: 'n' })).code).toBe(1);
    expect(await idsOf(test, site)).toEqual([newest, older]);
    const refused = await cli('backups', 'delete', 'latest', '--site', 'cli-delete', '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('with --force.') as string });
    const done = await cli('backups', 'delete', older, '--yes');
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Deleted .* of cli-delete[^]*It had added /) as string,
    });
    expect((await cli('backups', 'delete', newest, '--force', '--yes')).code).toBe(0);
    expect(await idsOf(test, site)).toEqual([]);
  });

  it('sets, lists and removes quotas, and shows usage', async () => {
    const site = await makeSite(test, 'cli-quota');
    await makeBackups(test, site, 1);
    expect((await cli('quota')).stdout).toContain('No quota is set');
    expect((await cli('quota', 'set', '0.5MB', '--site', 'cli-quota', '--over', 'prune')).stdout).toContain(
      'The quota of site cli-quota is 500 kB',
    );
    expect((await cli('quota', 'set', '2TB', '--storage', 'local')).stdout).toContain('storage local is 2 TB');
    expect((await cli('quota', 'set', '100GiB', '--storage', 'local')).stdout).toContain('is 100 GiB (107 GB)');
    expect((await cli('quota', 'set', '0', '--node', 'self')).stdout).toContain('host self is 0 B');
    expect((await cli('quota', 'list')).stdout).toMatch(/site +cli-quota +500 kB +prune/);
    const usage = await cli('usage');
    expect(usage.stdout).toMatch(/site +cli-quota +40\d kB +2 +500 kB +8\d(\.\d)? %/);
    expect(usage.stdout).toMatch(/storage +local/);
    expect(await cli('quota', 'remove', '--node', 'self')).toMatchObject({ code: 0 });
    expect(await cli('quota', 'remove', '--node', 'self')).toMatchObject({ code: 1 });
    expect(await cli('quota', 'set', '1GB')).toMatchObject({ code: 2 });
    expect(await cli('quota', 'set', 'much', '--node', 'self')).toMatchObject({ code: 2 });
  });
});
