import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EventFeed } from '../../../src/modules/events/event-feed.js';
import { OpenStreams } from '../../../src/modules/events/open-streams.js';
import { EventSockets } from '../../../src/modules/events/event-sockets.js';
import { until } from '../../support/scratch.js';
import type { TestApi } from '../../support/api.js';
import { GatedSite, startJobsApp, useJobsApp } from './jobs-app.js';

const test = useJobsApp();

interface Opened {
  socket: WebSocket;
  events: Record<string, unknown>[];
  closed: Promise<number>;
}

/** Connects as programs do; rejects with the answer when it is refused. */
function open(
  api: TestApi,
  path: string,
  headers: Record<string, string> = {},
  protocols: string[] = [],
): Promise<Opened> {
  const token = api.token === null ? {} : { Authorization: `Bearer ${api.token}` };
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`, protocols, {
    headers: { ...token, ...headers },
  });
  const events: Record<string, unknown>[] = [];
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as Record<string, unknown>));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, events, closed }));
    socket.on('error', reject);
    socket.on('unexpected-response', (request, response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => {
        request.destroy();
        reject(new Error(`${response.statusCode} ${text}`));
      });
    });
  });
}

const done = (events: Record<string, unknown>[]): boolean => events.some(({ type }) => type === 'job.completed');

describe('/ws/events', () => {
  it('gives the same events in the same order as the SSE stream, live and by replay', async () => {
    const site = await GatedSite.make(test, 'same', { settings: { warnings: 3 } });
    const cut = new AbortController();
    const bySse: Record<string, unknown>[] = [];
    const sse = (async () => {
      for await (const event of test.viewer.events(`/events?siteId=${site.id}`, {
        lastEventId: '0',
        signal: cut.signal,
      }))
        bySse.push(event.data);
    })().catch(() => undefined);
    const live = await open(test.viewer, `/ws/events?siteId=${site.id}`);
    const job = await site.backUp();
    await until('both to have seen the end', () => done(bySse) && done(live.events));
    const replayed = await open(
      test.viewer,
      `/ws/events?siteId=${site.id}&lastEventId=0&type=job.warning,job.completed`,
    );
    await until('the replay to have the end', () => done(replayed.events));
    cut.abort();
    await sse;
    // Its warnings are an alarm as well, which one of them may have by now.
    const ofJob = (events: Record<string, unknown>[]): Record<string, unknown>[] =>
      events.filter(({ jobId }) => jobId === job.id);
    const told = ofJob(bySse);
    expect(told.length).toBeGreaterThan(10);
    expect(ofJob(live.events)).toEqual(told);
    expect(told.at(-1)).toMatchObject({ type: 'job.completed', jobId: job.id, siteId: site.id });
    expect(replayed.events).toEqual(told.filter(({ type }) => type === 'job.warning' || type === 'job.completed'));
    live.socket.close();
    replayed.socket.close();
  });

  it('takes the token of a browser as a subprotocol, and answers with its own alone', async () => {
    const token = test.viewer.token ?? '';
    const { socket, closed } = await open(test.anyone, '/ws/events', { Origin: test.anyone.url }, [
      'backupd.v1',
      `backupd.token.${token}`,
    ]);
    expect(socket.protocol).toBe('backupd.v1');
    socket.close();
    await closed;
  });

  it('refuses before the handshake, with a problem', async () => {
    const wrong = test.anyone.as('bkd_wrong');
    await expect(open(test.anyone, '/ws/events')).rejects.toThrow(/401 .*TOKEN_MISSING/);
    await expect(open(wrong, '/ws/events')).rejects.toThrow(/401 .*TOKEN_INVALID/);
    await expect(open(test.anyone, `/ws/events?token=${test.viewer.token ?? ''}`)).rejects.toThrow(/401 /);
    await expect(open(test.viewer, '/ws/events?type=odd')).rejects.toThrow(/400 .*REQUEST_INVALID/);
    await expect(open(test.viewer, '/ws/events?lastEventId=odd')).rejects.toThrow(/400 /);
    await expect(open(test.viewer, '/ws/events', { Origin: 'https://evil.example' })).rejects.toThrow(
      /403 .*ORIGIN_NOT_ALLOWED/,
    );
    await expect(open(test.viewer, '/events')).rejects.toThrow(/404 /);
    expect(await test.viewer.call('GET', '/ws/events')).toMatchObject({
      status: 400,
      body: { code: 'UPGRADE_REQUIRED' },
    });
  });

  it('ends, as the SSE stream does, when its token is removed', async () => {
    const { id, token } = await test.admin.post<{ id: string; token: string }>('/tokens', {
      name: 'x',
      role: 'viewer',
    });
    const own = test.viewer.as(token);
    const [sockets, feed] = [test.app.get(EventSockets, { strict: false }), test.app.get(EventFeed, { strict: false })];
    const usual = sockets.heartbeatMs;
    Object.assign(sockets, { heartbeatMs: 50 });
    Object.assign(feed, { heartbeatMs: 50 });
    const cut = new AbortController();
    const sse = (async () => {
      for await (const event of own.events('/events', { signal: cut.signal })) expect(event).toBeDefined();
      return 'ended';
    })();
    const { closed, socket } = await open(own, '/ws/events');
    await pause(150);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    await test.admin.call('DELETE', `/tokens/${id}`);
    expect(await closed).toBe(1006);
    expect(await sse).toBe('ended');
    Object.assign(sockets, { heartbeatMs: usual });
    Object.assign(feed, { heartbeatMs: usual });
  });

  it('refuses more streams than a token, or the server, may have open, however they are sent', async () => {
    const streams = test.app.get(OpenStreams, { strict: false });
    const usual = streams.limits;
    streams.limits = { ofCaller: 2, inAll: 3 };
    const cut = new AbortController();
    const get = (api: TestApi): Promise<Response> =>
      fetch(`${api.url}/events`, { headers: { Authorization: `Bearer ${api.token}` }, signal: cut.signal });
    const first = await open(test.viewer, '/ws/events');
    expect((await get(test.viewer)).status).toBe(200);
    await expect(open(test.viewer, '/ws/events')).rejects.toThrow(/429 .*This token or user has 2 .*STREAMS_TOO_MANY/);
    const refused = await get(test.viewer);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { code: 'STREAMS_TOO_MANY', hint: expect.stringContaining('Close some') as string },
    ]);
    const others = await open(test.operator, '/ws/events');
    await expect(open(test.admin, '/ws/events')).rejects.toThrow(/429 .*This server has 3 /);
    // A place is free again once its stream has ended, whichever way.
    first.socket.close();
    await first.closed;
    const again = await until('a place', () => open(test.viewer, '/ws/events').catch(() => null));
    cut.abort();
    const third = await until('a place', () => open(test.admin, '/ws/events').catch(() => null));
    for (const { socket, closed } of [others, again, third]) {
      socket.close();
      await closed;
    }
    streams.limits = { ofCaller: 1, inAll: 1 };
    const last = await until('all to be free', () => open(test.viewer, '/ws/events').catch(() => null));
    last.socket.close();
    streams.limits = usual;
  });

  it('cuts off who does not answer the heartbeat, or says more than it should', async () => {
    const sockets = test.app.get(EventSockets, { strict: false });
    const usual = sockets.heartbeatMs;
    sockets.heartbeatMs = 50;
    const alive = await open(test.viewer, '/ws/events');
    const dead = await open(test.viewer, '/ws/events');
    dead.socket.pong = () => undefined;
    const loud = await open(test.viewer, '/ws/events');
    sockets.heartbeatMs = usual;
    loud.socket.send('x'.repeat(5000));
    expect(await loud.closed).toBe(1009);
    expect(await dead.closed).toBe(1006);
    await pause(120);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    alive.socket.close();
  });
});

it('closes with 1001 when backupd stops, without holding it up', async () => {
  const own = await startJobsApp();
  const { closed } = await open(own.viewer, '/ws/events');
  const started = Date.now();
  await own.close();
  expect(await closed).toBe(1001);
  expect(Date.now() - started).toBeLessThan(8000);
});
