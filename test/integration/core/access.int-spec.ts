import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startTestApp, useTestApp } from './test-app.js';

const test = useTestApp();

const unknownId = '01a20b8c-d788-7649-97a8-12ebda60f327';

describe('who may do what', () => {
  it('needs no token for health and docs alone', async () => {
    const health = await test.anyone.call('GET', '/daemon/health');
    expect(health).toMatchObject({ status: 200, body: { status: 'ok', mode: 'master', database: 'ok' } });
    expect((await fetch(`${test.anyone.url}/docs`)).status).toBe(200);
    expect((await fetch(`${test.anyone.url}/docs-json`)).status).toBe(200);
  });

  it.each([
    ['GET', '/sites'],
    ['POST', '/sites'],
    ['GET', '/scan'],
    ['GET', '/storage'],
    ['GET', '/tokens'],
    ['GET', '/doctor'],
    ['GET', '/resources'],
    ['GET', '/modules'],
  ])('%s %s: 401 without a token, with a problem that says how', async (method, path) => {
    const answer = await test.anyone.call(method, path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(answer.body).toMatchObject({ code: 'TOKEN_MISSING', status: 401 });
    expect(answer.body['hint']).toContain('admin.token');
  });

  it.each(['bkd_nothing', 'nonsense', `bkd_${'x'.repeat(500)}`])('401 with a wrong token (%.20s)', async (token) => {
    const answer = await test.anyone.as(token).call('GET', '/sites');
    expect(answer).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  it('403 for a role that is too low, before the request is looked at', async () => {
    const refused = { status: 403, body: { code: 'ROLE_TOO_LOW', context: { role: 'viewer' } } };
    expect(await test.viewer.call('GET', '/sites')).toMatchObject({ status: 200 });
    expect(await test.viewer.call('POST', '/sites', { rubbish: 1 })).toMatchObject(refused);
    expect(await test.viewer.call('DELETE', `/sites/${unknownId}`)).toMatchObject(refused);
    expect(await test.viewer.call('GET', '/tokens')).toMatchObject(refused);
    expect(await test.operator.call('GET', '/tokens')).toMatchObject({ status: 403 });
    expect(await test.operator.call('POST', '/storage', {})).toMatchObject({ status: 403 });
    expect(await test.operator.call('DELETE', `/sites/${unknownId}`)).toMatchObject({ status: 404 });
    expect(await test.admin.call('GET', '/tokens')).toMatchObject({ status: 200 });
  });
});

describe('tokens', () => {
  it('the first one is in a file for its owner only, and works', async () => {
    const file = test.config.paths.adminToken;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const api = test.anyone.as(readFileSync(file, 'utf8').trim());
    expect(await api.call('GET', '/tokens')).toMatchObject({ status: 200 });
  });

  it('are made, listed without their text, and refused once removed', async () => {
    const made = await test.admin.call('POST', '/tokens', { name: 'script', role: 'viewer' });
    expect(made.status).toBe(201);
    const text = String(made.body['token']);
    const script = test.anyone.as(text);
    expect(await script.call('GET', '/sites')).toMatchObject({ status: 200 });
    const list = await test.admin.call('GET', '/tokens');
    expect(JSON.stringify(list.body)).toContain('script');
    expect(JSON.stringify(list.body)).not.toContain(text);
    expect(await test.admin.call('DELETE', `/tokens/${String(made.body['id'])}`)).toMatchObject({ status: 204 });
    expect(await script.call('GET', '/sites')).toMatchObject({ status: 401 });
    expect(await test.admin.call('DELETE', `/tokens/${unknownId}`)).toMatchObject({
      status: 404,
      body: { code: 'TOKEN_NOT_FOUND' },
    });
  });

  it('end when they expire', async () => {
    const expired = await test.admin.call('POST', '/tokens', {
      name: 'old',
      role: 'admin',
      expiresAt: '2020-01-01T00:00:00Z',
    });
    expect(await test.anyone.as(String(expired.body['token'])).call('GET', '/sites')).toMatchObject({ status: 401 });
  });
});

describe('requests that are not valid', () => {
  it('malformed JSON: 400 JSON_MALFORMED', async () => {
    const answer = await test.admin.call('POST', '/tokens', '{"name": ');
    expect(answer).toMatchObject({ status: 400, body: { code: 'JSON_MALFORMED' } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('unknown fields and wrong values: 400 with each field', async () => {
    const answer = await test.admin.call('POST', '/tokens', { name: '', role: 'king', zzz: 1 });
    expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    const faults = answer.body['errors'] as { field: string }[];
    expect(faults.map(({ field }) => field).toSorted()).toEqual(['name', 'role', 'zzz']);
  });

  it('unknown query fields: 400', async () => {
    expect(await test.admin.call('GET', '/sites?limit=0&colour=red')).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });

  it('an id that is none: 400', async () => {
    expect(await test.admin.call('GET', '/sites/..%2f..%2fetc')).toMatchObject({ status: 400 });
  });

  it('an unknown route: 404 ROUTE_NOT_FOUND', async () => {
    expect(await test.anyone.call('GET', '/nope')).toMatchObject({ status: 404, body: { code: 'ROUTE_NOT_FOUND' } });
  });

  it('a huge body: 413 REQUEST_TOO_LARGE', async () => {
    const answer = await test.admin.call('POST', '/tokens', { name: 'x'.repeat(2_000_000), role: 'viewer' });
    expect(answer).toMatchObject({ status: 413, body: { code: 'REQUEST_TOO_LARGE', status: 413 } });
  });
});

it('sends the headers that browsers need to be careful', async () => {
  const { headers } = await fetch(`${test.anyone.url}/daemon/health`);
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

it('slows down who guesses: 429 with Retry-After; a valid token still works', async () => {
  const own = await startTestApp();
  try {
    const guesses: number[] = [];
    for (let i = 0; i < 25; i += 1) guesses.push((await own.anyone.as(`bkd_guess${i}`).call('GET', '/sites')).status);
    expect(guesses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(guesses.at(-1)).toBe(429);
    const blocked = await own.anyone.as('bkd_again').call('GET', '/sites');
    expect(blocked).toMatchObject({ status: 429, body: { code: 'TOO_MANY_FAILED_LOGINS' } });
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await own.admin.call('GET', '/sites')).status).toBe(200);
  } finally {
    await own.close();
  }
});
