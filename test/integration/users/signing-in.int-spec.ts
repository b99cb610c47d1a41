import http from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { MikroORM } from '@mikro-orm/postgresql';
import { SetupService } from '../../../src/modules/users/index.js';
import { LoginLimit } from '../../../src/modules/users/login-limit.js';
import { useTestApp } from '../core/test-app.js';
import { TestBrowser } from './browser.js';

const test = useTestApp([], { trustedProxies: ['127.0.0.2'] });
const PASSWORD = 'correct horse battery staple';
const open = (): TestBrowser => new TestBrowser(test.admin.url);

/** Each test begins with no attempts counted. */
async function forgiveAll(): Promise<void> {
  const limit = test.app.get(LoginLimit);
  for (const limiter of [limit.ofPair, limit.ofNetwork, limit.ofName]) {
    await limiter.delete('127.0.0.1');
    for (const name of ['anna', 'nobody', 'the setup']) {
      await limiter.delete(name);
      await limiter.delete(`127.0.0.1 ${name}`);
    }
  }
}

it('the first account needs the code that this host alone knows, and is made once', async () => {
  const page = open();
  expect(await page.get('/session')).toEqual({ user: null, setupNeeded: true, resetByEmail: false });
  const anna = { name: 'anna', password: PASSWORD, email: 'anna@example.com' };
  const guessed = await page.call('POST', '/session/setup', { ...anna, code: 'x'.repeat(32) });
  expect(guessed).toMatchObject({ status: 403, body: { code: 'SETUP_CODE_INVALID' } });
  const path = await test.app.get(SetupService).path();
  const code = path?.split('/').at(-1);
  const weak = await page.call('POST', '/session/setup', { ...anna, password: 'annaAnna123', code });
  expect(weak).toMatchObject({ status: 400, body: { code: 'PASSWORD_WEAK' } });
  const both = await Promise.all(
    [open(), page].map((each, index) =>
      each.call('POST', '/session/setup', { ...anna, name: index === 0 ? 'mallory' : 'anna', email: null, code }),
    ),
  );
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect(await test.app.get(SetupService).path()).toBeNull();
  expect((await open().call('POST', '/session/setup', { ...anna, code })).body).toMatchObject({ code: 'SETUP_DONE' });
  // The rest of this file is about anna.
  const { items } = await test.admin.get<{ items: { id: string; name: string }[] }>('/users');
  expect(items).toHaveLength(1);
  if (items[0]?.name !== 'anna') await test.admin.call('PATCH', `/users/${items[0]?.id}`, { name: 'anna' });
  await test.admin.call('PATCH', `/users/${items[0]?.id}`, { email: 'anna@example.com' });
});

describe('with an account', () => {
  beforeAll(forgiveAll);

  it('a session is in a cookie that pages can’t read and other sites can’t use', async () => {
    const page = open();
    const { status, headers } = await page.call('POST', '/session', { name: 'anna', password: PASSWORD });
    expect(status).toBe(200);
    const cookie = headers.getSetCookie().join();
    expect(cookie).toMatch(/^backupd_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    expect(await page.get('/session')).toMatchObject({
      user: { name: 'anna', role: 'admin', secondFactor: false },
      setupNeeded: false,
    });
    expect((await page.call('GET', '/sites')).status).toBe(200);
    const rows: { hash: string }[] = await test.app.get(MikroORM).em.fork().execute('select hash from user_session');
    expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash) && !cookie.includes(hash))).toBe(true);
  });

  it('over TLS, as a trusted proxy tells, the cookie goes over TLS alone, and to this host', async () => {
    const login = (from: string, says: Record<string, string>): Promise<string> =>
      new Promise((resolve, reject) => {
        const headers = { 'Content-Type': 'application/json', ...says };
        const request = http.request(`${test.admin.url}/session`, { method: 'POST', localAddress: from, headers });
        request.on('response', (answer) => resolve((answer.resume(), answer.headers['set-cookie'] ?? []).join()));
        request.on('error', reject);
        request.end(JSON.stringify({ name: 'anna', password: PASSWORD }));
      });
    const https = { 'X-Forwarded-Proto': 'https' };
    expect(await login('127.0.0.2', https)).toMatch(
      /^__Host-backupd=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
    );
    // Anybody may say so.
    expect(await login('127.0.0.1', https)).toMatch(/^backupd_session=/);
    expect(await login('127.0.0.2', {})).toMatch(/^backupd_session=/);
    const rows: { hash: string }[] = await test.app
      .get(MikroORM)
      .em.fork()
      .execute('select password_hash as hash from app_user');
    expect(rows.map(({ hash }) => hash)).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)]);
  });

  it('the name and the address are the same account, whatever the case', async () => {
    expect((await open().login('ANNA', PASSWORD)).user?.name).toBe('anna');
    expect((await open().login('Anna@Example.com', PASSWORD)).user?.name).toBe('anna');
  });

  it('what other pages ask for with the session is refused', async () => {
    const page = open();
    await page.login('anna', PASSWORD);
    for (const says of [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      {},
    ] as Record<string, string>[]) {
      page.says = says;
      const answer = await page.call('POST', '/sites', { path: '/' });
      expect(answer, JSON.stringify(says)).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
    }
    page.says = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await page.call('GET', '/sites')).status).toBe(403);
    page.says = { Origin: test.admin.url };
    expect((await page.call('POST', '/sites', { path: '/nowhere' })).status).not.toBe(403);
    page.says = { 'Sec-Fetch-Site': 'none' };
    expect((await page.call('GET', '/sites')).status).toBe(200);
  });

  it('signing out ends the session, also for who kept the cookie', async () => {
    const page = open();
    await page.login('anna', PASSWORD);
    const { cookie } = page;
    expect((await page.call('DELETE', '/session')).status).toBe(204);
    expect(page.cookie).toBeNull();
    page.cookie = cookie;
    expect(await page.call('GET', '/sites')).toMatchObject({ status: 401, body: { code: 'SESSION_ENDED' } });
    expect((await page.call('DELETE', '/session')).status).toBe(204);
  });

  it('sessions are listed, ended one by one or all but this one', async () => {
    const [mine, lost] = [open(), open()];
    await mine.login('anna', PASSWORD);
    lost.says['User-Agent'] = 'Lost Phone/1.0';
    await lost.login('anna', PASSWORD);
    const { items } = await mine.get<{ items: { id: string; current: boolean; userAgent: string; address: string }[] }>(
      '/account/sessions',
    );
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    const found = items.find(({ userAgent }) => userAgent === 'Lost Phone/1.0');
    expect(found?.address).toBe('127.0.0.1');
    expect((await mine.call('DELETE', `/account/sessions/${found?.id}`)).status).toBe(204);
    expect((await lost.call('GET', '/sites')).status).toBe(401);
    expect((await mine.call('DELETE', `/account/sessions/${found?.id}`)).body).toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    await lost.login('anna', PASSWORD);
    expect((await mine.call('DELETE', '/account/sessions')).status).toBe(204);
    expect((await lost.call('GET', '/sites')).status).toBe(401);
    expect((await mine.call('GET', '/sites')).status).toBe(200);
  });

  it('a session ends after thirty days, or seven without use', async () => {
    const em = test.app.get(MikroORM).em.fork();
    for (const age of [
      `expires_at = now() - interval '1 second'`,
      `last_used_at = now() - interval '7 days 1 minute'`,
    ]) {
      const page = open();
      await page.login('anna', PASSWORD);
      await em.execute(`update user_session set ${age}`);
      expect((await page.call('GET', '/sites')).status).toBe(401);
    }
  });

  it('guessing is slowed down, tells nothing, and does not lock out who knows the password elsewhere', async () => {
    const answers = [];
    for (let n = 0; n < 6; n += 1)
      answers.push(await open().call('POST', '/session', { name: 'anna', password: `wrong ${n}` }));
    expect(answers.slice(0, 5).map(({ body }) => body['code'])).toEqual(
      Array.from({ length: 5 }, () => 'LOGIN_INVALID'),
    );
    expect(answers[5]).toMatchObject({ status: 429, body: { code: 'TOO_MANY_FAILED_LOGINS' } });
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(60);
    // Not even with the right one from there; a session that is open goes on.
    expect((await open().call('POST', '/session', { name: 'anna', password: PASSWORD })).status).toBe(429);
    const stranger = await open().call('POST', '/session', { name: 'nobody', password: 'wrong 1' });
    expect(stranger.body).toEqual({ ...answers[0]?.body, requestId: stranger.body['requestId'] });
    await forgiveAll();
    await open().login('anna', PASSWORD);
  });

  it('another password ends the other sessions and needs the present one', async () => {
    const [mine, other] = [open(), open()];
    await mine.login('anna', PASSWORD);
    await other.login('anna', PASSWORD);
    const wrong = await mine.call('PUT', '/account/password', { current: 'wrong', password: 'tr0ub4dor and more' });
    expect(wrong).toMatchObject({ status: 403, body: { code: 'PASSWORD_WRONG' } });
    const right = await mine.call('PUT', '/account/password', { current: PASSWORD, password: 'tr0ub4dor and more' });
    expect(right.status).toBe(204);
    expect((await other.call('GET', '/sites')).status).toBe(401);
    expect((await mine.call('GET', '/sites')).status).toBe(200);
    expect((await open().call('POST', '/session', { name: 'anna', password: PASSWORD })).status).toBe(401);
    await mine.call('PUT', '/account/password', { current: 'tr0ub4dor and more', password: PASSWORD });
  });

  it('what people did is in the audit log under their names, without their passwords', async () => {
    const page = open();
    await page.login('anna', PASSWORD);
    await page.call('POST', '/sites', { path: '/nowhere' });
    const { items } = await test.admin.get<{ items: Record<string, unknown>[] }>('/audit?actor=anna&limit=200');
    expect(items[0]).toMatchObject({ actor: 'user', action: 'sites.create', actorName: 'anna', role: 'admin' });
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['session.login', 'account.password']));
    const everything = JSON.stringify(await test.admin.get('/audit?limit=500'));
    expect(everything).toContain('session.login');
    expect(everything).not.toContain(PASSWORD);
    expect(everything).not.toContain('tr0ub4dor');
  });
});
