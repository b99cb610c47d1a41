import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto, SiteDto } from '../../src/cli/api-types.js';
import type { TestApi } from '../support/api.js';
import { type MariaDbAccount, MariaDbServer } from '../support/mariadb.js';
import { TestMaster } from '../support/master.js';
import { makeScratch } from '../support/scratch.js';
import { WordPressSite } from '../support/wordpress.js';

const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('bad requests', () => {
  const scratch = makeScratch('e2e-bad');
  let server: MariaDbServer;
  let master: TestMaster;
  let api: TestApi;
  let account: MariaDbAccount;
  let wordpress: WordPressSite;
  let site: SiteDto;

  beforeAll(async () => {
    [server, master] = await Promise.all([
      MariaDbServer.start(),
      TestMaster.start({ isDatabaseShared: true, dataDir: join(scratch.path, 'data') }),
    ]);
    api = master.api;
    account = await server.createDatabase('bad_input');
    wordpress = await WordPressSite.install({ root: join(scratch.path, 'www/site'), database: account, slim: true });
    site = await api.addSite(wordpress.root);
  });
  afterAll(async () => {
    await wordpress?.stop();
    await master?.stop();
    await server?.stop();
    scratch.remove();
  });

  describe('requests', () => {
    it.each([
      ['GET', `/sites/${NOBODY}`, undefined],
      ['POST', `/sites/${NOBODY}/backups`, {}],
      ['GET', `/backups/${NOBODY}`, undefined],
      ['POST', `/backups/${NOBODY}/restore`, {}],
      ['POST', `/backups/${NOBODY}/verify`, { level: 'quick' }],
      ['GET', `/jobs/${NOBODY}`, undefined],
      ['POST', `/jobs/${NOBODY}/cancel`, {}],
      ['GET', '/no/such/endpoint', undefined],
    ] as const)('%s %s says 404 as a problem', async (method, path, body) => {
      const answer = await api.call(method, path, body);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ status: 404, code: expect.stringMatching(/^[A-Z_]+$/) as string });
    });

    it.each([
      'GET /sites',
      'POST /sites',
      'GET /jobs',
      'GET /backups',
      'GET /tokens',
      'GET /events',
      'GET /scan',
      'GET /doctor',
      'GET /resources',
      'GET /storage',
      'GET /daemon/scan',
    ])('%s without or with a wrong token says 401', async (what) => {
      const [method, path] = what.split(' ') as [string, string];
      const without = await api.as(null).call(method, path, method === 'POST' ? {} : undefined);
      expect(without.status).toBe(401);
      expect(without.body).toMatchObject({ code: 'TOKEN_MISSING' });
    });

    it('answers /daemon/health without a token', async () => {
      expect((await api.as(null).call('GET', '/daemon/health')).status).toBe(200);
    });

    it('refuses a wrong token with 401', async () => {
      const answer = await api.as('bkd_wrong').call('GET', '/sites');
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ code: 'TOKEN_INVALID' });
    });

    it('lets a viewer read and nothing else, an operator back up and not manage', async () => {
      const make = async (role: string): Promise<TestApi> =>
        api.as((await api.post<{ token: string }>('/tokens', { name: `a ${role}`, role })).token);
      const viewer = await make('viewer');
      expect((await viewer.call('GET', '/sites')).status).toBe(200);
      for (const [method, path, body] of [
        ['POST', `/sites/${site.id}/backups`, {}],
        ['POST', '/sites', { path: wordpress.root }],
        ['DELETE', `/sites/${site.id}`, undefined],
        ['POST', '/tokens', { name: 'x', role: 'admin' }],
      ] as const) {
        const answer = await viewer.call(method, path, body);
        expect([answer.status, answer.body['code']]).toEqual([403, 'ROLE_TOO_LOW']);
      }
      const operator = await make('operator');
      expect((await operator.call('POST', '/tokens', { name: 'x', role: 'admin' })).status).toBe(403);
      const started = await operator.call<JobDto>('POST', `/sites/${site.id}/backups`, {});
      expect(started.status).toBe(202);
      expect((await api.ended(started.body.id)).status).toBe('completed');
    });

    it.each([
      ['broken JSON', '{"path": '],
      ['not an object', '[1, 2]'],
      ['an unknown field', { path: '/tmp', surprise: true }],
      ['a missing field', {}],
      ['a wrong type', { path: 42 }],
      ['an empty path', { path: '' }],
      ['a relative path', { path: 'var/www' }],
      ['a path with NUL', { path: '/tmp/a\u0000b' }],
    ])('POST /sites with %s says 400', async (_, body) => {
      const answer = await api.call('POST', '/sites', body);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        status: 400,
        title: expect.any(String) as string,
        code: expect.any(String) as string,
      });
    });

    it('refuses a folder that is not a WordPress, with the reason, and one that is not there', async () => {
      const empty = join(scratch.path, 'www/empty');
      await mkdir(empty);
      const answer = await api.call('POST', '/sites', { path: empty });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body).toMatchObject({ code: 'NOT_A_SITE' });
      const gone = await api.call('POST', '/sites', { path: join(scratch.path, 'nowhere') });
      expect(gone.status).toBeGreaterThanOrEqual(400);
      expect(gone.status).toBeLessThan(500);
    });

    it('refuses to register the same site twice', async () => {
      expect((await api.call('POST', '/sites', { path: wordpress.root })).status).toBe(409);
      expect((await api.call('POST', '/sites', { path: `${wordpress.root}/../site/` })).status).toBe(409);
    });
  });

  describe('paths that try to leave their place', () => {
    let backupId: string;
    beforeAll(async () => {
      await api.backUp(site.id);
      backupId = (await api.backups(site.id))[0]?.id ?? '';
    });

    it.each([
      '../../../etc/passwd',
      'files/../../../etc/passwd',
      '/etc/passwd',
      'files/%2e%2e/%2e%2e/etc/passwd',
      'files/\u0000',
      '..',
    ])('a file of a backup named %j is not found', async (path) => {
      const answer = await api.call('GET', `/backups/${backupId}/file?path=${encodeURIComponent(path)}`);
      expect([400, 404]).toContain(answer.status);
      expect(JSON.stringify(answer.body)).not.toContain('root:x');
    });

    it.each([['../outside'], ['wp-content/../../outside'], ['/etc'], [''], ['a\u0000b']])(
      'restoring only the path %j is refused',
      async (path) => {
        const answer = await api.call('POST', `/backups/${backupId}/restore`, { paths: [path], what: 'files' });
        expect(answer.status).toBe(400);
      },
    );

    it.each(['relative/folder', '', '/'])('restoring into %j is refused', async (targetPath) => {
      const answer = await api.call('POST', `/backups/${backupId}/restore`, { targetPath, what: 'files' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    });

    it.each(['/daemon/backup/status/..%2f..%2fetc', '/sites/..%2f..%2fetc', '/backups/..%2f..', '/jobs/..%2f/events'])(
      'GET %s is refused',
      async (path) => {
        const answer = await api.call('GET', path);
        expect([400, 404]).toContain(answer.status);
      },
    );

    it('the original start endpoint takes no path but a real site', async () => {
      for (const site_path of ['../../etc', '/etc', join(wordpress.root, '../../..')]) {
        const answer = await api.call('POST', '/daemon/backup/start', {
          site_id: 'x/../y',
          site_path,
          site_name: '../z',
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
      expect(readdirSync(join(master.dataDir, 'storage/sites'))).toEqual([site.id]);
    });
  });

  it('two starts at once: exactly one wins', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call<JobDto & { code?: string }>('POST', `/sites/${site.id}/backups`, {})),
    );
    const won = answers.filter((answer) => answer.status === 202);
    expect(won).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409 && answer.body.code === 'JOB_ACTIVE')).toHaveLength(7);
    expect((await api.ended(won[0]?.body.id ?? '')).status).toBe('completed');
  });

  it('two masters on one data dir: the second refuses', async () => {
    await expect(TestMaster.start({ dataDir: master.dataDir })).rejects.toThrow(/ALREADY_RUNNING/);
    expect((await api.as(null).call('GET', '/daemon/health')).status).toBe(200);
  });
});
