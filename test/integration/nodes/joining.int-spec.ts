import { MikroORM } from '@mikro-orm/postgresql';
import { Controller, Get, Module } from '@nestjs/common';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditPageDto } from '../../../src/cli/api-types-audit.js';
import type { Page } from '../../../src/cli/api-types.js';
import type { NodeDto, WaitingHostDto } from '../../../src/cli/api-types-nodes.js';
import { ForNodes } from '../../../src/common/http/index.js';
import { FailureLimit } from '../../../src/modules/auth/failure-limit.js';
import type { CollectAnswer } from '../../../src/modules/node-protocol/index.js';
import type { JoinLimits } from '../../../src/modules/nodes/join-limits.js';
import { until } from '../../support/scratch.js';
import { version as ownVersion } from '../../../src/common/version.js';
import { useTestApp } from '../core/test-app.js';
import { cliAs } from '../core/cli.js';
import { sql } from '../retention/support.js';
import { Host, liftLimits, TestNode } from './support.js';

let held = 0;

/** A long poll that nothing ends. */
@ForNodes()
@Controller('node/held')
class HeldController {
  @Get()
  hold(): Promise<void> {
    held += 1;
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [HeldController] })
class HeldModule {}

const NOBODY = '01a20b8c-d788-7649-97a8-12ebda60f327';
const test = useTestApp([HeldModule]);
let limits: JoinLimits;
beforeAll(() => {
  limits = liftLimits(test);
});

const nodes = async (): Promise<NodeDto[]> => (await test.viewer.get<Page<NodeDto>>('/nodes')).items;
const one = (id: string): Promise<NodeDto> => test.viewer.get<NodeDto>(`/nodes/${id}`);
const waiting = async (): Promise<WaitingHostDto[]> =>
  (await test.viewer.get<Page<WaitingHostDto>>('/nodes/requests')).items;
const token = async (body: Record<string, unknown> = {}): Promise<string> =>
  (await test.admin.post<{ token: string }>('/nodes/tokens', body)).token;

describe('joining with a token', () => {
  it('makes a node at once; its key comes anew until one is used, then never again', async () => {
    const text = await token({ name: 'web1' });
    expect(text).toMatch(/^bkj_[\w-]{43}$/);
    expect(JSON.stringify(await test.admin.get('/nodes/tokens'))).not.toContain(text);
    const host = new Host(test, 'host1.example.com');
    const { status, body } = await host.ask({ token: text, name: 'another' });
    expect([status, body.code]).toEqual([201, null]);
    const first = await host.collect(body.requestId);
    expect(first).toMatchObject({ status: 'approved', name: 'web1' });
    // The answer was lost: another one, and the earlier is worth nothing.
    const second = await host.collect(body.requestId);
    expect(second.key).toMatch(/^bkn_[\w-]{43}$/);
    expect(second.key).not.toBe(first.key);
    const node = new TestNode(test, second.nodeId ?? '', first.key ?? '', '0.1.0');
    expect((await node.beat()).status).toBe(401);
    expect((await one(node.id)).access).toBe('waiting');
    node.key = second.key ?? '';
    expect((await node.beat()).body).toMatchObject({ nodeId: node.id, name: 'web1', everySeconds: 15 });
    expect(await host.collect(body.requestId)).toEqual({ status: 'expired' });
    expect(await one(node.id)).toMatchObject({ access: 'active', health: 'online', keyHint: node.key.slice(0, 8) });
    const rows = JSON.stringify(await sql(test, 'select * from node, node_join, node_token'));
    for (const secret of [node.key, host.secret, text]) expect(rows).not.toContain(secret);
  });

  it('works once, also for two at the same time; wrong, used and expired are one answer', async () => {
    const text = await token();
    const both = await Promise.all([1, 2].map((n) => new Host(test, `twin${n}`).ask({ token: text })));
    expect(both.map(({ status }) => String(status)).toSorted()).toEqual(['201', '401']);
    await sql(test, `update node_token set used_at = null, expires_at = now() where used_at is not null`);
    const answers = [both.find(({ status }) => status === 401)?.body];
    for (const wrong of [text, 'bkj_nothing']) answers.push((await new Host(test, 'late').ask({ token: wrong })).body);
    expect(answers[0]).toMatchObject({ code: 'NODE_TOKEN_INVALID' });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect((await nodes()).map(({ name }) => name).filter((name) => name.startsWith('twin'))).toHaveLength(1);
  });

  it('does not take the place of another node, unless an admin says so and that one has no key', async () => {
    const known = await TestNode.join(test, 'shop');
    const asked = new Host(test, 'shop');
    await asked.collect((await asked.ask({ token: await token() })).body.requestId);
    expect((await nodes()).map(({ name }) => name)).toContain('shop-2');
    const named = await token({ name: 'shop' });
    expect((await new Host(test, 'new').ask({ token: named })).body).toMatchObject({ code: 'NODE_NAME_TAKEN' });
    await test.admin.post(`/nodes/${known.id}/revoke`);
    const host = new Host(test, 'new');
    const { body } = await host.ask({ token: named });
    expect(await host.collect(body.requestId)).toMatchObject({ nodeId: known.id, name: 'shop' });
  });
});

describe('joining by a code', () => {
  it('gets no key for a node whose place another host takes at that time', async () => {
    const host = new Host(test, 'race');
    const { requestId } = (await host.ask({ token: await token({ name: 'race' }) })).body;
    const collected: Promise<CollectAnswer>[] = [];
    const em = test.app.get(MikroORM, { strict: false }).em.fork();
    await em.transactional(async (inner) => {
      await inner.execute(`select 1 from node where name = 'race' for update`);
      collected.push(host.collect(requestId));
      const stuck = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%"node"%for update%'`;
      await until('it to wait', async () => (await sql(test, stuck)).length > 0);
      await inner.execute('delete from node_join where id = ?', [requestId]);
    });
    expect(await Promise.all(collected)).toEqual([{ status: 'expired' }]);
  });

  it('waits for an admin, who approves by the code that the host shows', async () => {
    const host = new Host(test, 'web2.example.com');
    const { body } = await host.ask({ name: 'web2' });
    expect(body.code).toMatch(/^[ACDEFGHJKMNPQRTVWXY34679]{4}-[ACDEFGHJKMNPQRTVWXY34679]{4}$/);
    expect(body.expiresInSeconds).toBe(900);
    expect(await host.collect(body.requestId)).toEqual({ status: 'waiting' });
    const [request] = await waiting();
    expect(request).toMatchObject({
      code: body.code,
      name: 'web2',
      hostname: 'web2.example.com',
      address: '127.0.0.1',
    });
    const typed = (body.code ?? '').toLowerCase().replace('-', '');
    expect((await test.operator.call('POST', `/nodes/requests/${typed}/approve`, {})).status).toBe(403);
    const done = await cliAs(test.admin, ['nodes', 'approve', typed, '--name', 'renamed']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('renamed')]);
    expect(await host.collect(body.requestId)).toMatchObject({ status: 'approved', name: 'renamed' });
    expect(await waiting()).toEqual([]);
    const again = await cliAs(test.admin, ['nodes', 'approve', typed]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('JOIN_REQUEST_NOT_FOUND')]);
    const { items } = await test.admin.get<AuditPageDto>('/audit?action=nodes.requests.approve');
    expect(items[0]).toMatchObject({ targetId: typed, actorName: 'admin', status: 404 });
    expect((await test.admin.get<AuditPageDto>('/audit?action=nodes.key.collected')).items[0]?.actor).toBe('system');
    const events = await sql(test, `select data from job_event where type = 'node.joined' order by id desc limit 1`);
    expect(events[0]?.['data']).toMatchObject({ name: 'renamed', by: 'admin' });
  });

  it('a refused host is told so; one that was not decided on in time, a wrong secret and an unknown id are one answer', async () => {
    const [refused, late] = [new Host(test, 'bad'), new Host(test, 'late')];
    const { body } = await refused.ask();
    expect((await cliAs(test.admin, ['nodes', 'requests'])).stdout).toContain(body.code);
    expect((await cliAs(test.admin, ['nodes', 'refuse', body.code ?? ''])).code).toBe(0);
    expect(await refused.collect(body.requestId)).toEqual({ status: 'refused' });
    const asked = (await late.ask()).body;
    const answers = [await late.collect(asked.requestId, 'x'.repeat(40)), await late.collect(NOBODY)];
    await sql(test, `update node_join set expires_at = now() where id = '${asked.requestId}'`);
    answers.push(await late.collect(asked.requestId));
    expect(answers).toEqual([{ status: 'expired' }, { status: 'expired' }, { status: 'expired' }]);
    expect((await test.admin.call('POST', `/nodes/requests/${asked.code}/approve`, {})).status).toBe(404);
    expect((await test.admin.call('POST', '/nodes/requests/nonsense/refuse')).status).toBe(404);
  });

  it('of one address only a few may wait, and in all fifty; the answer says how long to wait', async () => {
    limits.asking.points = 2;
    await limits.asking.delete('127.0.0.1');
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await new Host(test, `flood${n}`).ask()).status);
    expect(statuses).toEqual([201, 201, 429]);
    const refused = await new Host(test, 'flood').ask();
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500);
    limits.asking.points = 10_000;
    limits.waiting = (await waiting()).length;
    expect((await new Host(test, 'flood').ask()).body).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    limits.waiting = 50;
    limits.failing.points = 0;
    const guess = await new Host(test, 'guesser').ask({ token: 'bkj_guess' });
    expect(guess).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect((await new Host(test, 'honest').ask({ token: await token() })).status).toBe(201);
    limits.failing.points = 10_000;
    limits.collecting.points = 0;
    const path = `/node/join-requests/${NOBODY}/collect`;
    expect((await test.anyone.call('POST', path, { secret: 'x'.repeat(32) })).status).toBe(429);
    limits.collecting.points = 10_000;
  });

  it('a host of another version is told what to update; a request that is not one is refused', async () => {
    const host = new Host(test, 'old');
    expect(await host.ask({ version: '1.0.0' })).toMatchObject({ status: 409, body: { code: 'NODE_TOO_NEW' } });
    expect(await host.ask({ version: 'x' })).toMatchObject({ status: 409, body: { code: 'NODE_VERSION_UNKNOWN' } });
    // It is shown to admins.
    expect((await host.ask({ version: `${ownVersion}-\u001b[2J\0` })).body).toMatchObject({
      code: 'NODE_VERSION_UNKNOWN',
    });
    for (const wrong of [{ secret: 'short' }, { hostname: 'a b' }, { name: 'self' }, { name: 'a\0' }, { more: 1 }])
      expect((await host.ask(wrong)).status).toBe(400);
  });
});

describe('a key', () => {
  it('is refused while the node is blocked, and for good once it is revoked; a request that is open is cut off', async () => {
    const node = await TestNode.join(test, 'cut');
    expect((await node.beat()).status).toBe(200);
    expect((await cliAs(test.admin, ['nodes', 'block', 'cut'])).code).toBe(0);
    expect(await node.beat()).toMatchObject({ status: 403, body: { code: 'NODE_BLOCKED' } });
    expect((await one(node.id)).access).toBe('blocked');
    expect((await cliAs(test.admin, ['nodes', 'unblock', 'cut'])).code).toBe(0);
    expect((await node.beat()).status).toBe(200);
    const before = held;
    const poll = node.call('GET', '/node/held').catch(() => 'cut off');
    await until('the request to be open', () => held > before);
    expect((await cliAs(test.admin, ['nodes', 'revoke', 'cut', '--yes'])).code).toBe(0);
    expect(await poll).toBe('cut off');
    expect(await node.beat()).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect(await one(node.id)).toMatchObject({ access: 'revoked', keyHint: null });
  });

  it('is cut off also when the master could not be told of it at once; who may come in is not', async () => {
    const [good, bad] = [await TestNode.join(test, 'good'), await TestNode.join(test, 'bad')];
    const before = held;
    const polls = [good, bad].map((each) => each.call('GET', '/node/held').then(String, () => 'cut off'));
    await until('both to be open', () => held === before + 2);
    // As if it had happened without a word.
    await sql(test, `update node set key_hash = null where id = '${bad.id}'`);
    await sql(
      test,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'backupd-listener' and datname = current_database()`,
    );
    expect(await polls[1]).toBe('cut off');
    expect(await Promise.race([polls[0], Promise.resolve('open')])).toBe('open');
    await test.admin.post(`/nodes/${good.id}/block`);
    expect(await polls[0]).toBe('cut off');
  });

  it('that was fetched and not used yet is revoked too', async () => {
    const node = await TestNode.join(test, 'thief');
    expect((await node.beat()).status).toBe(200);
    const { body } = await node.call<{ key: string }>('POST', '/node/key/rotate');
    await test.admin.post(`/nodes/${node.id}/revoke`);
    node.key = body.key;
    expect(await node.beat()).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
  });

  it('is replaced by the node itself: the old one works until the new one was used', async () => {
    const node = await TestNode.join(test, 'turn');
    expect((await node.beat()).body.rotateKey).toBeUndefined();
    expect((await cliAs(test.admin, ['nodes', 'rotate', 'turn'])).code).toBe(0);
    expect((await node.beat()).body.rotateKey).toBe(true);
    const lost = await node.call<{ key: string }>('POST', '/node/key/rotate');
    const { body } = await node.call<{ key: string }>('POST', '/node/key/rotate');
    expect((await node.beat()).status).toBe(200);
    const old = node.key;
    node.key = lost.body.key;
    expect((await node.beat()).status).toBe(401);
    node.key = body.key;
    expect((await Promise.all([node.beat(), node.beat()])).map(({ status }) => status)).toEqual([200, 200]);
    expect((await node.beat()).body.rotateKey).toBeUndefined();
    expect(await one(node.id)).toMatchObject({ keyRotating: false, keyHint: body.key.slice(0, 8) });
    node.key = old;
    expect((await node.beat()).status).toBe(401);
  });

  it('is refused with a version that does not fit, with what to update', async () => {
    const node = await TestNode.join(test, 'newer');
    node.version = '0.2.0';
    const answer = await node.beat();
    expect(answer).toMatchObject({ status: 409, body: { code: 'NODE_TOO_NEW' } });
    expect(JSON.stringify(answer.body)).toContain('Update the master');
    // It does not count as used.
    expect((await one(node.id)).access).toBe('waiting');
    node.version = '';
    expect((await node.beat()).body).toMatchObject({ code: 'NODE_VERSION_UNKNOWN' });
  });

  it('opens what is for nodes and nothing else; what is for nodes nobody else opens', async () => {
    const node = await TestNode.join(test, 'walker');
    // Else the answer to most would be that there were too many.
    const failures: unknown = Reflect.get(test.app.get(FailureLimit, { strict: false }), 'limiter');
    Object.assign(failures as object, { points: 10_000 });
    const { paths } = await test.anyone.get<{ paths: Record<string, Record<string, { 'x-access': string }>> }>(
      '/docs-json',
    );
    const wrong: string[] = [];
    let walked = 0;
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { 'x-access': access }] of Object.entries(methods)) {
        if (access === 'public') continue;
        walked += 1;
        const call = [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, NOBODY)] as const;
        const { status } = access === 'node' ? await test.admin.call(...call) : await node.call(...call);
        if (![401, 403].includes(status)) wrong.push(`${call.join(' ')} (${access}): ${status}`);
      }
    }
    expect(walked).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
    expect((await node.beat()).status).toBe(200);
  });
});
