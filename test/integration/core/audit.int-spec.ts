import { mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryDto, AuditPageDto } from '../../../src/cli/api-types-audit.js';
import { AuditLog } from '../../../src/modules/audit/index.js';
import { AuditService } from '../../../src/modules/audit/audit.service.js';
import { Refusals } from '../../../src/modules/audit/refusals.js';
import { runSql } from '../../support/postgres.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { cliAs } from './cli.js';

const test = useJobsApp({ trustedProxies: ['127.0.0.1'] });
let site: GatedSite;
beforeAll(async () => {
  site = await GatedSite.make(test, 'audited');
});

const entries = async (query = ''): Promise<AuditEntryDto[]> =>
  (await test.admin.get<AuditPageDto>(`/audit?limit=500&${query}`)).items;

describe('the audit log', () => {
  it('has who changed what from where, once the answer is there', async () => {
    await fetch(`${test.operator.url}/sites/${site.id}`, {
      method: 'PATCH',
      headers: {
        Authorization: `Bearer ${test.operator.token ?? ''}`,
        'Content-Type': 'application/json',
        'X-Forwarded-For': '6.6.6.6, 192.0.2.7',
        'User-Agent': 'a test',
      },
      body: JSON.stringify({ name: 'renamed', labels: ['shop'], overrides: { DB_PASSWORD: 'planted-1' } }),
    });
    const [entry] = await entries(`target=${site.id}`);
    expect(entry).toMatchObject({
      actor: 'token',
      actorName: 'operator',
      role: 'operator',
      address: '192.0.2.7',
      userAgent: 'a test',
      action: 'sites.update',
      status: 200,
      error: null,
      details: { name: 'renamed', labels: ['shop'], overrides: { DB_PASSWORD: '***' } },
    });
    const job = await site.start();
    await test.admin.ended(job.id);
    expect((await entries('action=sites.backups.start'))[0]).toMatchObject({
      targetId: site.id,
      details: { jobId: job.id },
    });
  });

  it('has what failed and what was refused, with its code', async () => {
    await test.admin.call('POST', '/sites', { path: '/nowhere', zzz: 'planted-2' });
    await test.viewer.call('DELETE', `/sites/${site.id}`);
    await test.viewer.call('GET', '/tokens');
    const [tokens, remove, create] = await entries();
    expect(tokens).toMatchObject({ action: 'tokens.list', status: 403, error: 'ROLE_TOO_LOW', actorName: 'viewer' });
    expect(remove).toMatchObject({ action: 'sites.remove', status: 403, targetId: site.id });
    expect(create).toMatchObject({ status: 400, error: 'REQUEST_INVALID', details: { path: '/nowhere', zzz: '***' } });
  });

  it('has the reading of data, and of nothing else', async () => {
    const [backup] = await test.admin.backups(site.id);
    const before = (await entries()).length;
    await test.operator.get('/sites');
    await test.operator.get(`/backups/${backup?.id}/files`);
    await test.operator.call('GET', `/backups/${backup?.id}/file?path=files/index.html`);
    const now = await entries();
    expect(now.slice(0, now.length - before).map(({ action }) => action)).toEqual([
      'backups.readFile',
      'backups.browse',
    ]);
    expect(now[0]).toMatchObject({
      targetId: backup?.id,
      status: 200,
      details: { query: { path: 'files/index.html' } },
    });
  });

  it('counts requests without a valid token per address', async () => {
    const from = async (address: string): Promise<void> => {
      await fetch(`${test.anyone.url}/sites`, {
        headers: { 'X-Forwarded-For': address, Authorization: 'Bearer bkd_guess' },
      });
    };
    for (let i = 0; i < 30; i += 1) await from('192.0.2.50');
    await from('192.0.2.51');
    const refusals = test.app.get(Refusals, { strict: false });
    await refusals.flush();
    const [sum, second, first] = await entries('actor=nobody');
    expect(first).toMatchObject({ address: '192.0.2.50', action: 'sites.list', status: 401, error: 'TOKEN_INVALID' });
    expect(second).toMatchObject({ address: '192.0.2.51', details: { requests: 1 } });
    expect(sum).toMatchObject({
      address: '192.0.2.50',
      action: 'auth.refused',
      status: 429,
      details: { requests: 29 },
    });
  });

  it('counts what a token asks for again and again and may not do', async () => {
    for (let i = 0; i < 20; i += 1) await test.viewer.call('POST', '/hooks', { name: 'x' });
    const refusals = test.app.get(Refusals, { strict: false });
    await refusals.flush();
    const found = await entries('action=hooks.create');
    expect(found.map(({ details }) => details)).toEqual([{ requests: 19 }, { name: 'x' }]);
    expect(found[0]).toMatchObject({ actor: 'token', actorName: 'viewer', status: 403, error: 'ROLE_TOO_LOW' });
  });

  it('counts an IPv6 network as one', async () => {
    for (let i = 1; i < 10; i += 1)
      await fetch(`${test.anyone.url}/sites`, { headers: { 'X-Forwarded-For': `2001:db8:0:7::${i}` } });
    await test.app.get(Refusals, { strict: false }).flush();
    const [sum, first, before] = await entries('actor=nobody');
    expect(first).toMatchObject({ address: '2001:db8:0:7::1', error: 'TOKEN_MISSING' });
    expect(sum).toMatchObject({ address: '2001:db8:0:7::/64', details: { requests: 8 } });
    expect(before?.address).not.toContain(':');
  });

  it('has what backupd does by itself', async () => {
    await test.app.get(AuditLog).system('retention.applied', { targetId: site.id, details: { removed: 3 } });
    expect((await entries('actor=system'))[0]).toMatchObject({
      actor: 'system',
      action: 'retention.applied',
      address: null,
      details: { removed: 3 },
    });
  });

  it('keeps no secret of any request', async () => {
    const planted = 'planted-secret-7f3a';
    const all = { pass: planted, password: planted, url: `https://u:${planted}@host/`, nested: { [planted]: planted } };
    const bodies: [string, string, unknown][] = [
      [
        'POST',
        '/storage',
        { name: 'x', driver: 's3', settings: { bucket: 'b', secretAccessKey: planted, accessKeyId: planted } },
      ],
      [
        'POST',
        '/storage/test',
        { driver: 's3', settings: { endpoint: `https://${planted}.example`, secretAccessKey: planted } },
      ],
      [
        'POST',
        '/sites',
        { path: '/x', overrides: { DB_PASSWORD: planted, 'env.X': planted }, settings: { x: planted } },
      ],
      ['POST', '/notifications/channels', { name: 'n', kind: 'ntfy', settings: { topic: planted, token: planted } }],
      [
        'POST',
        '/notifications/channels',
        { name: 'm', kind: 'email', settings: { host: 'h', from: 'a@b', to: 'a@b', user: planted, password: planted } },
      ],
      ['PUT', '/mirror', { accountId: planted, token: planted, apiToken: planted, ...all }],
      ['POST', `/backups/${site.id}/restore`, { targetDatabase: { name: 'db', user: planted, password: planted } }],
      ['POST', '/catalogue/recover', { secretKey: planted, key: planted }],
      [
        'POST',
        '/hooks',
        { name: 'h', action: { type: 'http', url: `https://x/${planted}` }, headers: { 'X-A': planted } },
      ],
      ['POST', '/tokens', { name: 't', role: 'viewer', extra: [planted, { token: planted }] }],
      ['POST', '/daemon/verify-site', { path: '/x', list: [[planted]] }],
    ];
    for (const [method, path, body] of bodies) await test.admin.call(method, path, body);
    const made = await test.admin.post<{ token: string }>('/tokens', { name: 'made', role: 'viewer' });
    const text = JSON.stringify(await runSql(test.config.databaseUrl ?? '', 'select * from audit_entry')).replaceAll(
      `"${planted}":"***"`,
      '',
    );
    expect(text).toContain('catalogue.recover');
    expect(text).not.toContain(planted);
    expect(text).not.toContain('planted-');
    expect(text).not.toContain(made.token);
  });

  it('is read in pages, filtered, by admins only; also with the command line', async () => {
    expect(await test.operator.call('GET', '/audit')).toMatchObject({ status: 403 });
    const whole = await entries('action=sites.');
    const first = await test.admin.get<AuditPageDto>('/audit?action=sites.&limit=2');
    const second = await test.admin.get<AuditPageDto>(`/audit?action=sites.&limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items]).toEqual(whole.slice(0, 4));
    expect(await entries(`until=${whole[0]?.at}&action=sites.`)).not.toContainEqual(whole[0]);
    expect(await entries(`from=${whole[0]?.at}&action=sites.`)).toContainEqual(whole[0]);
    expect(await entries('actor=operator')).not.toEqual([]);
    const cli = await cliAs(test.admin, ['audit', '--action', 'sites.update']);
    expect(cli).toMatchObject({ code: 0 });
    expect(cli.stdout).toMatch(/operator +192\.0\.2\.7 +sites\.update/);
  });

  it('can not be changed, whatever the application does; what is a year old goes', async () => {
    const sql = (text: string) => runSql(test.config.databaseUrl ?? '', text);
    await expect(sql("update audit_entry set action = 'x'")).rejects.toThrow('append-only');
    await expect(sql('delete from audit_entry')).rejects.toThrow('append-only');
    await expect(sql('truncate audit_entry')).rejects.toThrow('append-only');
    await sql(
      "insert into audit_entry (at, actor, action, details) values (now() - interval '400 days', 'system', 'old', '{}')",
    );
    const before = (await entries()).length;
    expect(await entries('action=old')).toHaveLength(1);
    await test.app.get(AuditService, { strict: false }).prune();
    expect(await entries('action=old')).toEqual([]);
    expect(await entries()).toHaveLength(before - 1);
  });
});

it('a folder that a site is added from is named', async () => {
  const path = `${test.folder}/www/other`;
  mkdirSync(path, { recursive: true });
  const made = await test.admin.addSite(path, { module: 'plain' });
  expect((await entries('action=sites.create'))[0]).toMatchObject({ targetId: made.id, details: { path } });
});
