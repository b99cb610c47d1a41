import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/program.js';
import { testTerminal } from '../../../src/cli/testing.js';
import type { TestApp } from '../core/test-app.js';
import { addPlace, backedUp, bundlePath, flip, type Place, shutOut, siteIn, unmount } from './copies-support.js';
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

it('damage is told loudly wherever a person looks, and what is whole looks whole', async () => {
  const before = (await test.operator.call('GET', '/doctor')).body['checks'] as { name: string }[];
  expect(before).toContainEqual({
    name: 'copies',
    status: 'ok',
    message: 'No stored object is known to be damaged or missing.',
    hint: null,
  });
  const site = await siteIn(test, 'loud', [one, two]);
  const backup = await backedUp(test, site, 1000);
  const { id } = backup;
  const short = id.slice(0, 18);
  const quick = await cli('verify', id, '--quick');
  expect(quick.stderr).toContain(
    'All objects of 2 copies are there with their size. No byte was read: a full verify does that.',
  );
  expect((await cli('verify', id)).stderr).toContain('Every byte of 2 copies was read and is right.');
  expect((await cli('backups', 'loud')).stdout).not.toMatch(/#|NO WHOLE COPY/);
  expect((await cli('proof')).stdout).not.toContain('✖');

  flip(bundlePath(two, site, backup), 100);
  expect((await cli('verify', id)).stderr).toMatch(/1 of 2 copies was read and is right\. `backupd repair`/);
  const listed = await cli('backups', 'loud');
  expect(listed.code).toBe(0);
  expect(listed.stdout).toMatch(new RegExp(`${short} #  .*one: verified, damaged on two`));
  expect(listed.stdout).toMatch(/\n# a copy is damaged or missing \("backupd repair <site>"\)\n$/);
  expect(await cli('restore', id, '--dry-run')).toMatchObject({ code: 0, stderr: '' });
  const doctor = await cli('doctor');
  expect(doctor.stdout).toMatch(/! copies on two {2}Objects there: 1 damaged; of loud\.\n +`backupd repair <site>`/);
  expect(doctor.stdout).not.toContain('no whole copy');
  const proof = await cli('proof');
  expect(proof).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('✖ two: 1 damaged. "backupd repair') as string,
  });
  expect(proof.stdout).toMatch(/two .* no: 1 damaged\n/);

  flip(bundlePath(one, site, backup), 100);
  expect((await cli('verify', id)).code).toBe(1);
  expect((await cli('backups', 'loud')).stdout).toMatch(
    new RegExp(`${short} ## .*NO WHOLE COPY damaged on one, damaged on two\\n## no copy is whole\\n$`),
  );
  const lost = await cli('doctor');
  expect(lost.code).toBe(1);
  expect(lost.stdout).toMatch(
    new RegExp(
      `✖ copies  1 backup has no whole copy on any storage: ${short} of loud [^]*! copies on one [^]*! copies on two `,
    ),
  );
  const preview = await cli('restore', id, '--dry-run', '--json');
  expect(preview.code).toBe(3);
  expect(preview.stderr).toMatch(/^✖ No copy of this backup is whole: damaged on one, damaged on two\.\n/);
  expect(JSON.parse(preview.stdout)).toMatchObject({
    warnings: [expect.stringMatching(/^No copy of this backup is known to be whole\./) as string],
  });
  const real = await cli('restore', id, '--yes', '--to', `${one.folder}-restored`);
  expect(real.stderr).toMatch(
    /^✖ No copy of this backup is whole: .*\n {2}Each part is read from a copy that has it right/,
  );
  expect((await cli('backups', 'delete', id, '--yes', '--force')).code).toBe(0);
});

it('weights without --failover are refused instead of dropped', async () => {
  await siteIn(test, 'weighed', [one]);
  const weights = ['--destination', 'one=1', '--destination', 'two=2'];
  const refused = await cli('sites', 'edit', 'weighed', ...weights);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a weight counts only with --failover') as string,
  });
  expect((await cli('sites', 'edit', 'weighed', ...weights, '--failover')).code).toBe(0);
});
