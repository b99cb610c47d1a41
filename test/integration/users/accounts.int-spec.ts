import { beforeEach, describe, expect, it } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import { MikroORM } from '@mikro-orm/postgresql';
import { LoginLimit } from '../../../src/modules/users/login-limit.js';
import { ResetLimit } from '../../../src/modules/users/reset-limit.js';
import { until } from '../../support/scratch.js';
import { MailServer } from '../../unit/notifications/mail-server.js';
import { useTestApp } from '../core/test-app.js';
import { TestBrowser } from './browser.js';
import { makeUser, PASSWORD, signedIn } from './users-support.js';

const MAIL_URL = 'https://backup.example';
const test = useTestApp([], { publicUrl: MAIL_URL, outgoingAllow: ['127.0.0.0/8'] });
const open = (): TestBrowser => new TestBrowser(test.admin.url);
const totp = (secret: string): TOTP => new TOTP({ secret: Secret.fromBase32(secret) });

beforeEach(() => {
  // These tests guess on purpose; how much is allowed has tests of its own.
  const limit = test.app.get(LoginLimit);
  for (const limiter of [limit.ofPair, limit.ofNetwork, limit.ofName]) limiter.points = 1000;
});

describe('second factor', () => {
  it('is needed once it was confirmed; each code lets in once', async () => {
    const page = await signedIn(test, { name: 'zoe', role: 'viewer' });
    expect((await page.call('POST', '/account/second-factor', { password: 'wrong' })).body).toMatchObject({
      code: 'PASSWORD_WRONG',
    });
    const begun = await page.call<{ secret: string; uri: string }>('POST', '/account/second-factor', {
      password: PASSWORD,
    });
    const { secret, uri } = begun.body;
    expect(uri).toMatch(new RegExp(`^otpauth://totp/backupd:zoe\\?issuer=backupd&secret=${secret}&`));
    // Not before it was confirmed.
    await open().login('zoe', PASSWORD);
    const code = totp(secret).generate();
    expect((await page.call('POST', '/account/second-factor/confirm', { code: wrongFor(code) })).body).toMatchObject({
      code: 'SECOND_FACTOR_INVALID',
    });
    const confirmed = await page.call<{ recoveryCodes: string[] }>('POST', '/account/second-factor/confirm', { code });
    expect(confirmed.status).toBe(200);
    const { recoveryCodes } = confirmed.body;
    expect(new Set(recoveryCodes).size).toBe(10);
    const without = await open().call('POST', '/session', { name: 'zoe', password: PASSWORD });
    expect(without).toMatchObject({ status: 401, body: { code: 'SECOND_FACTOR_NEEDED' } });
    expect(without.headers.getSetCookie()).toEqual([]);
    // The one that confirmed it is used up.
    expect(await open().call('POST', '/session', { name: 'zoe', password: PASSWORD, code })).toMatchObject({
      status: 401,
      body: { code: 'SECOND_FACTOR_INVALID' },
    });
    const next = totp(secret).generate({ timestamp: Date.now() + 30_000 });
    const both = await Promise.all(
      [1, 2].map(() => open().call('POST', '/session', { name: 'zoe', password: PASSWORD, code: next })),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    // Who does not know the password does not learn that there is one.
    expect((await open().call('POST', '/session', { name: 'zoe', password: 'wrong', code: next })).body).toMatchObject({
      code: 'LOGIN_INVALID',
    });
    const [recovery = ''] = recoveryCodes;
    expect((await open().login('zoe', PASSWORD, recovery.toLowerCase().replaceAll('-', ' '))).user).toMatchObject({
      recoveryCodesLeft: 9,
    });
    expect((await open().call('POST', '/session', { name: 'zoe', password: PASSWORD, code: recovery })).status).toBe(
      401,
    );
    const rows: Record<string, string>[] = await test.app
      .get(MikroORM)
      .em.fork()
      .execute(`select sealed_totp, recovery_hashes::text from app_user where name = 'zoe'`);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(recoveryCodes[1]);
  });

  it('new recovery codes replace the old ones; with one of them it is removed', async () => {
    const page = await signedIn(test, { name: 'yves', role: 'viewer' });
    const { body } = await page.call<{ secret: string }>('POST', '/account/second-factor', { password: PASSWORD });
    expect((await page.call('POST', '/account/recovery-codes', { password: PASSWORD })).body).toMatchObject({
      code: 'SECOND_FACTOR_ABSENT',
    });
    const old = await page.call<{ recoveryCodes: string[] }>('POST', '/account/second-factor/confirm', {
      code: totp(body.secret).generate(),
    });
    const fresh = await page.call<{ recoveryCodes: string[] }>('POST', '/account/recovery-codes', {
      password: PASSWORD,
    });
    const remove = (code: string | undefined): Promise<{ status: number }> =>
      page.call('DELETE', '/account/second-factor', { password: PASSWORD, code });
    expect((await remove(old.body.recoveryCodes[0])).status).toBe(401);
    expect((await remove(fresh.body.recoveryCodes[0])).status).toBe(204);
    expect((await open().login('yves', PASSWORD)).user).toMatchObject({ secondFactor: false });
  });

  it('codes can’t be guessed by beginning again and again', async () => {
    const page = await signedIn(test, { name: 'xena', role: 'viewer' });
    const { body } = await page.call<{ secret: string }>('POST', '/account/second-factor', { password: PASSWORD });
    const code = totp(body.secret).generate();
    await page.call('POST', '/account/second-factor/confirm', { code });
    const limit = test.app.get(LoginLimit);
    limit.ofPair.points = 5;
    await limit.ofPair.delete('127.0.0.1 xena');
    const codes = [];
    for (let n = 0; n < 6; n += 1) {
      await open().call('POST', '/session', { name: 'xena', password: PASSWORD });
      codes.push(
        (await open().call('POST', '/session', { name: 'xena', password: PASSWORD, code: wrongFor(code) })).status,
      );
    }
    expect(codes).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

describe('users', () => {
  it('are made, listed, changed and removed by admins alone', async () => {
    const made = await makeUser(test, { name: 'walter', role: 'operator', email: 'Walter@example.com' });
    expect(made).toMatchObject({
      name: 'walter',
      role: 'operator',
      restriction: null,
      secondFactor: false,
      disabled: false,
      reset: null,
    });
    const list = await test.admin.get<{ items: { name: string }[] }>('/users');
    expect(list.items.map(({ name }) => name)).toContain('walter');
    expect(JSON.stringify(list)).not.toContain('argon2');
    expect(
      (await test.admin.call('POST', '/users', { name: 'WALTER', role: 'viewer', password: PASSWORD })).body,
    ).toMatchObject({ code: 'USER_TAKEN' });
    expect(
      (
        await test.admin.call('POST', '/users', {
          name: 'w2',
          role: 'viewer',
          email: 'walter@EXAMPLE.com',
          password: PASSWORD,
        })
      ).body,
    ).toMatchObject({ code: 'USER_TAKEN' });
    for (const bad of [
      { name: 'a b' },
      { name: '' },
      { role: 'root' },
      { email: 'nowhere' },
      { restriction: { siteIds: ['x'], nodeIds: [] } },
    ])
      expect(
        (await test.admin.call('POST', '/users', { name: 'v1', role: 'viewer', password: PASSWORD, ...bad })).body,
      ).toMatchObject({ code: 'REQUEST_INVALID' });
    const page = open();
    await page.login('walter', PASSWORD);
    for (const [method, path] of [
      ['GET', '/users'],
      ['POST', '/users'],
      ['PATCH', `/users/${made.id}`],
      ['DELETE', `/users/${made.id}`],
    ] as const)
      expect((await page.call(method, path, method === 'GET' ? undefined : {})).status).toBe(403);
    expect((await page.call('GET', '/storage')).status).toBe(200);
    await test.admin.call('PATCH', `/users/${made.id}`, { role: 'admin' });
    // From the next request on.
    expect((await page.call('GET', '/users')).status).toBe(200);
    expect((await page.call('DELETE', `/users/${made.id}`)).body).toMatchObject({ code: 'OWN_ACCOUNT' });
    expect((await page.call('PATCH', `/users/${made.id}`, { role: 'viewer' })).body).toMatchObject({
      code: 'OWN_ACCOUNT',
    });
    await test.admin.call('PATCH', `/users/${made.id}`, { role: 'operator' }).catch(() => undefined);
  });

  it('there is always an admin who can sign in, also when two demote each other', async () => {
    const em = test.app.get(MikroORM).em.fork();
    await em.execute(`update app_user set role = 'viewer'`);
    const [one, two] = await Promise.all(['adele', 'boris'].map((name) => signedIn(test, { name, role: 'admin' })));
    const answers = await Promise.all([
      one?.call('PATCH', `/users/${two?.userId}`, { role: 'viewer' }),
      two?.call('PATCH', `/users/${one?.userId}`, { disabled: true }),
    ]);
    expect(answers.filter((answer) => answer?.status === 200)).toHaveLength(1);
    const [left] = await em.execute<{ id: string }[]>(`select id from app_user where role = 'admin' and not disabled`);
    for (const change of [{ role: 'viewer' }, { disabled: true }])
      expect((await test.admin.call('PATCH', `/users/${left?.id}`, change)).body).toMatchObject({ code: 'LAST_ADMIN' });
    expect((await test.admin.call('DELETE', `/users/${left?.id}`)).body).toMatchObject({ code: 'LAST_ADMIN' });
  });

  it('who is disabled is signed out at once, and can’t come in by a link either', async () => {
    const page = await signedIn(test, { name: 'uwe', role: 'viewer' });
    const { token } = await test.admin.post<{ token: string }>(`/users/${page.userId}/password-reset`);
    await test.admin.call('PATCH', `/users/${page.userId}`, { disabled: true });
    expect((await page.call('GET', '/sites')).status).toBe(401);
    expect((await open().call('POST', '/session', { name: 'uwe', password: PASSWORD })).body).toMatchObject({
      code: 'LOGIN_INVALID',
    });
    expect(
      (await open().call('PUT', '/session/password-resets', { token, password: 'another good one' })).body,
    ).toMatchObject({ code: 'RESET_TOKEN_INVALID' });
  });

  it('a token has no account', async () => {
    expect((await test.admin.call('GET', '/account/sessions')).body).toMatchObject({ code: 'NOT_A_USER' });
    expect(
      (await test.admin.call('PUT', '/account/password', { current: 'x', password: 'another good one' })).body,
    ).toMatchObject({ code: 'NOT_A_USER' });
  });
});

describe('links to set a password', () => {
  it('work once, end the sessions, and only the newest counts', async () => {
    const made = await test.admin.post<{ id: string; reset: { token: string; expiresAt: string } }>('/users', {
      name: 'tina',
      role: 'viewer',
    });
    expect(Date.parse(made.reset.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    const use = (token: string, password = PASSWORD): Promise<{ status: number; body: Record<string, unknown> }> =>
      open().call('PUT', '/session/password-resets', { token, password });
    // A weak password does not use the link up.
    expect((await use(made.reset.token, 'short')).body).toMatchObject({ code: 'PASSWORD_WEAK' });
    expect((await use(made.reset.token)).status).toBe(204);
    expect((await use(made.reset.token)).body).toMatchObject({ code: 'RESET_TOKEN_INVALID' });
    const page = open();
    await page.login('tina', PASSWORD);
    const first = await test.admin.post<{ token: string }>(`/users/${made.id}/password-reset`);
    const second = await test.admin.post<{ token: string }>(`/users/${made.id}/password-reset`);
    expect((await page.call('GET', '/sites')).status).toBe(200);
    expect((await use(first.token, 'another good one')).status).toBe(400);
    expect((await use(second.token, 'another good one')).status).toBe(204);
    expect((await page.call('GET', '/sites')).status).toBe(401);
    await test.app.get(MikroORM).em.fork().execute('delete from password_reset');
    const late = await test.admin.post<{ token: string }>(`/users/${made.id}/password-reset`);
    await test.app
      .get(MikroORM)
      .em.fork()
      .execute(`update password_reset set expires_at = now() - interval '1 second'`);
    expect((await use(late.token, 'yet another one')).status).toBe(400);
  });

  it('are mailed to the user’s own address, and whoever asks learns nothing', async () => {
    const limit = test.app.get(ResetLimit);
    limit.ofNetwork.points = 5;
    await limit.ofNetwork.delete('127.0.0.1');
    await makeUser(test, { name: 'sofia', role: 'viewer', email: 'sofia@example.com' });
    const ask = (name: string): Promise<{ status: number; body: unknown }> =>
      open().call('POST', '/session/password-resets', { name });
    expect(await open().get('/session')).toMatchObject({ resetByEmail: false });
    const server = new MailServer();
    await server.open();
    try {
      await test.admin.post('/notifications/channels', {
        name: 'mail',
        kind: 'email',
        settings: {
          host: '127.0.0.1',
          port: server.port,
          security: 'none',
          from: 'backupd@example.com',
          to: 'ops@example.com',
        },
      });
      expect(await open().get('/session')).toMatchObject({ resetByEmail: true });
      const answers = [await ask('nobody'), await ask('sofia'), await ask('SOFIA@example.com')];
      expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(202);
      const mail = await until('the mail', () => Promise.resolve(server.mails[0] ?? null));
      expect([mail.to].flat().map((to) => to?.text)).toEqual(['sofia@example.com']);
      const [, token = ''] = /https:\/\/backup\.example\/#\/reset\/([\w-]{43})/.exec(mail.text ?? '') ?? [];
      expect(
        (await open().call('PUT', '/session/password-resets', { token, password: 'another good one' })).status,
      ).toBe(204);
      await open().login('sofia', 'another good one');
      expect(server.mails).toHaveLength(1);
      expect([(await ask('sofia')).status, (await ask('sofia')).status]).toEqual([202, 429]);
      expect((await open().call('PUT', '/session/password-resets', { token, password: PASSWORD })).body).toMatchObject({
        code: 'TOO_MANY_REQUESTS',
      });
    } finally {
      await server.close();
    }
  });
});

const wrongFor = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
