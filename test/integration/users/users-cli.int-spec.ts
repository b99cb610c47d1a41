import { expect, it } from 'vitest';
import { cliAs } from '../core/cli.js';
import { useJobsApp, GatedSite } from '../jobs/jobs-app.js';
import { TestBrowser } from './browser.js';
import { PASSWORD } from './users-support.js';

const test = useJobsApp();

it('users are made, restricted, changed and removed on the command line', async () => {
  const site = await GatedSite.make(test, 'only-this');
  const made = await cliAs(test.admin, ['users', 'add', 'karl', '--role', 'operator', '--site', 'only-this']);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('User karl (operator) is made') });
  const [, token = ''] = /\/#\/reset\/([\w-]{43})\n/.exec(made.stdout) ?? [];
  const page = new TestBrowser(test.admin.url);
  expect((await page.call('PUT', '/session/password-resets', { token, password: PASSWORD })).status).toBe(204);
  expect((await page.login('karl', PASSWORD)).user?.restriction).toEqual({ siteIds: [site.id], nodeIds: [] });
  expect(await cliAs(test.admin, ['users'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/karl +operator +1 site +no/),
  });
  expect(
    await cliAs(test.admin, ['users', 'edit', 'karl', '--all-sites', '--email', 'karl@example.com']),
  ).toMatchObject({ code: 0 });
  expect((await page.get<{ user: unknown }>('/session')).user).toMatchObject({
    restriction: null,
    email: 'karl@example.com',
  });
  expect(await cliAs(test.admin, ['users', 'edit', 'karl'])).toMatchObject({ code: 2 });
  const reset = await cliAs(test.admin, ['users', 'reset-password', 'karl', '--json']);
  expect(JSON.parse(reset.stdout)).toMatchObject({ token: expect.stringMatching(/^[\w-]{43}$/) });
  expect(await cliAs(test.admin, ['users', 'sign-out', 'karl'])).toMatchObject({ code: 0 });
  expect((await page.call('GET', '/sites')).status).toBe(401);
  expect(await cliAs(test.admin, ['users', 'remove-second-factor', 'karl'])).toMatchObject({ code: 0 });
  expect(await cliAs(test.admin, ['users', 'remove', 'karl', '--yes'])).toMatchObject({ code: 0 });
  expect(await cliAs(test.admin, ['users', 'remove', 'karl', '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('USER_NOT_FOUND'),
  });
});

it('a token is made, works with its role, and is removed', async () => {
  const made = await cliAs(test.admin, ['tokens', 'add', 'prometheus', '--role', 'viewer']);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bkd_[\w-]+\n$/) });
  const api = test.admin.as(made.stdout.trim());
  expect((await api.call('GET', '/sites')).status).toBe(200);
  expect((await api.call('GET', '/tokens')).status).toBe(403);
  expect(await cliAs(test.admin, ['tokens'])).toMatchObject({ stdout: expect.stringMatching(/prometheus +viewer/) });
  expect(await cliAs(test.admin, ['tokens', 'remove', 'prometheus', '--yes'])).toMatchObject({ code: 0 });
  expect((await api.call('GET', '/sites')).status).toBe(401);
  expect(await cliAs(test.admin, ['tokens', 'add', 'x', '--expires', 'soon'])).toMatchObject({ code: 2 });
});
