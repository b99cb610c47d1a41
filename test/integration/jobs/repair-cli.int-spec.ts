import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/program.js';
import { testTerminal } from '../../../src/cli/testing.js';
import type { TestApp } from '../core/test-app.js';
import { addPlace, backedUp, type Place, shutOut, siteIn, unmount } from './copies-support.js';
import { startJobsApp } from './jobs-app.js';

let test: TestApp;
let [one, two]: [Place, Place] = [
  { id: '', name: '', folder: '' },
  { id: '', name: '', folder: '' },
];
beforeAll(async () => {
  test = await startJobsApp();
  one = await addPlace(test, 'one');
  two = await addPlace(test, 'two');
});
afterAll(() => test.close());

async function cli(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = { BACKUPD_MASTER_URL: test.admin.url, BACKUPD_API_KEY: test.admin.token ?? '' };
  const terminal = testTerminal({ columns: 200, env });
  const code = await runCli(args, terminal, { serve: () => Promise.reject(new Error('not here')) });
  return { code, ...terminal.written() };
}

it('a storage that is away is named at once with what to do; when it is back, all is repaired, and then nothing is left to do', async () => {
  const site = await siteIn(test, 'away', [one, two]);
  await backedUp(test, site);
  const letIn = shutOut(two, site);
  await backedUp(test, site, 1000);
  letIn();
  const back = unmount(two);
  const failed = await cli('repair', 'away', '--wait');
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('✖ repair of away failed') as string });
  const [begun, away] = failed.stderr.split('\n');
  expect(begun).toBe('repair …');
  expect(away).toMatch(
    /^ {2}The copies on "two" can't be repaired now: .*there is no such folder\. Is its disk mounted\?/,
  );
  expect(failed.stderr).toMatch(/"two".* Tried again in 1 s\./);
  back();
  expect(await cli('repair', 'away', '--wait')).toMatchObject({ code: 0 });
  const idle = await cli('repair', 'away', '--wait');
  expect(idle).toMatchObject({ code: 0, stderr: '' });
  expect(idle.stdout).toMatch(/^✔ Nothing to repair\. Every copy of the kept backups of this site is whole/);
  const json = await cli('repair', 'away', '--json');
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toMatchObject({ nothingToRepair: true });
});

it('a failover names the storage that it passes over, why, and what to do, also afterwards', async () => {
  const site = await siteIn(test, 'passed', [one, two], 'failover');
  const first = await backedUp(test, site, 1000);
  const home = first.copies[0]?.providerId === one.id ? one : two;
  const other = home === one ? two : one;
  const why = new RegExp(
    `The storage "${home.name}" is passed over: .*there is no such folder\\. Is its disk mounted\\?[^]*` +
      `The backup goes to "${other.name}"\\.`,
  );
  const back = unmount(home);
  const run = await cli('backup', 'passed', '--wait');
  back();
  expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(why) as string });
  const [job] = JSON.parse((await cli('jobs', '--site', 'passed', '--json')).stdout) as { id: string }[];
  expect(await cli('jobs', 'show', job?.id ?? '')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(why) as string,
  });
  // Found out at the upload only.
  const letIn = shutOut(home, site);
  const refused = await cli('backup', 'passed', '--wait');
  letIn();
  expect(refused.code).toBe(0);
  expect(refused.stderr).toMatch(new RegExp(`The storage "${home.name}" is passed over: `));
});

it('says what a new storage means for the next backup, and that is what happens', async () => {
  const site = await siteIn(test, 'grows', [one]);
  const { id } = await backedUp(test, site, 1000);
  const both = ['--destination', 'one', '--destination', 'two'];
  const edited = await cli('sites', 'edit', 'grows', ...both);
  expect(edited.stderr).toMatch(/^The next backup of grows is a full one, stored on each of its storages/);
  expect((await cli('sites', 'edit', 'grows', ...both)).stderr).toBe('');
  expect((await backedUp(test, site, 1000)).parentBackupId).toBeNull();
  expect((await test.admin.backups(site.id)).find((backup) => backup.id === id)?.copies).toHaveLength(1);
  expect((await cli('storage', 'edit', 'two', '--default')).stderr).toMatch(
    /each site without destinations of its own/,
  );
  expect((await cli('storage', 'update', 'two', '--no-default')).code).toBe(0);
});
