import { request } from 'node:http';
import { MikroORM } from '@mikro-orm/postgresql';
import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { EventLog } from '../../../src/modules/events/index.js';
import type { StreamedEvent, TestApi } from '../../support/api.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite, startJobsApp, useJobsApp } from './jobs-app.js';

const test = useJobsApp({ limits: { io: 3, network: 2, cpu: 2, bandwidthMbps: 0 } });
let sites: GatedSite[];
beforeAll(async () => {
  sites = await Promise.all(['a', 'b', 'c'].map((name) => GatedSite.make(test, name, { settings: { warnings: 20 } })));
});

const all = async (): Promise<number[]> => {
  const rows = await runSql(test.config.databaseUrl ?? '', 'select id from job_event order by id');
  return rows.map((row) => Number(row['id']));
};

/** Follows `/events` by many short connections, each going on after the last id, up to the event that says `END`. */
async function followInPieces(api: TestApi, from: string, each: number): Promise<number[]> {
  const seen: number[] = [];
  let lastEventId = from;
  for (;;) {
    const cut = new AbortController();
    let count = 0;
    try {
      for await (const event of api.events('/events', { lastEventId, signal: cut.signal })) {
        seen.push(Number(event.id));
        lastEventId = event.id ?? lastEventId;
        count += 1;
        if (event.data['message'] === 'END') return seen;
        if (count === each) cut.abort();
      }
    } catch (error) {
      if (!cut.signal.aborted) throw error;
    }
  }
}

describe('event streams', () => {
  it('replay without loss or duplicates while jobs run at once, over any number of reconnections', async () => {
    const before = (await all()).at(-1) ?? 0;
    const followers = [1, 7, 1000].map((each) => followInPieces(test.viewer, String(before), each));
    for (let round = 0; round < 2; round++) {
      const jobs = await Promise.all(sites.map((site) => site.start()));
      await Promise.all(jobs.map((job) => test.admin.ended(job.id)));
    }
    const id = sites[0]?.id ?? '';
    const end = { jobId: id, siteId: id, type: 'job.note' as const, data: { message: 'END' } };
    await test.app
      .get(MikroORM)
      .em.fork()
      .transactional((em) => test.app.get(EventLog).append(em, [end], new Date()));
    const expected = (await all()).filter((event) => event > before);
    expect(expected.length).toBeGreaterThan(150);
    for (const follower of followers) expect(await follower).toEqual(expected);
  });

  it('give one job from its beginning to its end, live and afterwards the same', async () => {
    const [site] = sites as [GatedSite];
    site.hold('create_bundle');
    const job = await site.start();
    const live = test.viewer.follow(job.id);
    await site.reached('create_bundle');
    site.release('create_bundle');
    const events = await live;
    expect(events[0]).toMatchObject({ type: 'job.created', data: { jobId: job.id, siteId: site.id, kind: 'backup' } });
    expect(events.at(-1)).toMatchObject({ type: 'job.completed', data: { status: 'completed', warningCount: 20 } });
    expect(events.filter((event) => event.type === 'job.warning')).toHaveLength(20);
    expect(events.find((event) => event.type === 'stage.progress')?.data).toMatchObject({ bytesTotal: 100 });
    expect(await test.viewer.follow(job.id)).toEqual(events);
    const middle = events[Math.floor(events.length / 2)]?.id ?? '';
    const rest: StreamedEvent[] = [];
    for await (const event of test.viewer.events(`/jobs/${job.id}/events?lastEventId=${middle}`)) rest.push(event);
    expect(rest).toEqual(events.slice(Math.floor(events.length / 2) + 1));
    const nothing: StreamedEvent[] = [];
    const last = events.at(-1)?.id ?? '';
    for await (const event of test.viewer.events(`/jobs/${job.id}/events`, { lastEventId: last })) nothing.push(event);
    expect(nothing).toEqual([]);
  });

  it('filter by site, job and type', async () => {
    const [first, second] = sites as [GatedSite, GatedSite];
    const cut = new AbortController();
    const seen: StreamedEvent[] = [];
    const path = `/events?siteId=${second.id}&type=job.started,job.completed&type=stage.failed`;
    const following = (async () => {
      for await (const event of test.viewer.events(path, { signal: cut.signal })) seen.push(event);
    })().catch(() => undefined);
    await first.backUp();
    const job = await second.backUp();
    await until('its end to be streamed', () => seen.length >= 2);
    cut.abort();
    await following;
    expect(seen.map((event) => [event.type, event.data['jobId']])).toEqual([
      ['job.started', job.id],
      ['job.completed', job.id],
    ]);
  });

  it('refuse before streaming what is wrong', async () => {
    const unknown = '/jobs/01a20b8c-d788-7649-97a8-12ebda60f327/events';
    expect(await test.viewer.call('GET', unknown)).toMatchObject({ status: 404, body: { code: 'JOB_NOT_FOUND' } });
    expect(await test.anyone.call('GET', '/events')).toMatchObject({ status: 401 });
    expect(await test.viewer.call('GET', '/events?type=odd')).toMatchObject({ status: 400 });
    expect(await test.viewer.call('GET', '/events?lastEventId=odd')).toMatchObject({ status: 400 });
    expect(await test.viewer.call('GET', '/events?rubbish=1')).toMatchObject({ status: 400 });
  });

  it('ids become visible in their order, whatever the writers do', async () => {
    const log = test.app.get(EventLog);
    const orm = test.app.get(MikroORM);
    const event = { jobId: sites[0]?.id ?? '', siteId: sites[0]?.id ?? '', type: 'job.note' as const, data: {} };
    let newest = await log.latestId();
    const start = newest;
    const random = new SeededRandom(17);
    const writing = { on: true };
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 25; i++) {
        await orm.em.fork().transactional(async (em) => {
          await log.append(
            em,
            Array.from({ length: 1 + (writer % 3) }, () => event),
            new Date(),
          );
          // A commit that takes its time.
          await em.execute('select pg_sleep(?)', [random.next() / 200]);
        });
      }
    });
    const reader = (async () => {
      while (writing.on) {
        // Nothing that appears later may have a smaller id.
        const page = await log.read(newest, {}, 1000);
        for (const { id } of page) {
          expect(id).toBe(newest + 1);
          newest = id;
        }
      }
    })();
    await Promise.all(writers);
    writing.on = false;
    await reader;
    expect((await log.latestId()) - start).toBe(8 * 25 + (0 + 1 + 2 + 0 + 1 + 2 + 0 + 1) * 25);
  });

  it('go on for others, and for the jobs, when one client does not read', async () => {
    const [site] = sites as [GatedSite];
    const url = new URL(`${test.viewer.url}/jobs/${(await site.backUp()).id}/events`);
    const stalled = request(url, { headers: { Authorization: `Bearer ${test.viewer.token ?? ''}` } }, (response) => {
      response.pause();
    });
    stalled.on('error', () => undefined);
    stalled.end();
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
    stalled.destroy();
  });
});

it('old events are pruned, progress first', async () => {
  const log = test.app.get(EventLog);
  const count = async (where: string): Promise<number> =>
    Number(
      (await runSql(test.config.databaseUrl ?? '', `select count(*) as n from job_event where ${where}`))[0]?.['n'],
    );
  expect(await count("type = 'stage.progress'")).toBeGreaterThan(0);
  const others = await count("type <> 'stage.progress'");
  await log.prune(new Date(Date.now() + 60_000), { progressMs: 1000, allMs: 3_600_000, maxEvents: 1_000_000 });
  expect(await count("type = 'stage.progress'")).toBe(0);
  expect(await count('true')).toBe(others);
  await log.prune(new Date(), { progressMs: 1000, allMs: 3_600_000, maxEvents: 10 });
  expect(await count('true')).toBeLessThanOrEqual(10);
});

it('an open stream does not hold up a stop', async () => {
  const own = await startJobsApp();
  const site = await GatedSite.make(own, 'stop');
  site.hold('backup_db');
  const job = await site.start();
  await site.reached('backup_db');
  const streams = [own.viewer.follow(job.id), own.viewer.events('/events').next()].map((stream) =>
    stream.catch(() => 'cut'),
  );
  const started = Date.now();
  await own.close();
  expect(Date.now() - started).toBeLessThan(8000);
  await Promise.all(streams);
});
