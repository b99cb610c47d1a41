import { expect, it } from 'vitest';
import type { AlarmDto } from '../../../src/cli/api-types-alarms.js';
import type { Page } from '../../../src/cli/api-types.js';
import { newId } from '../../../src/common/ids.js';
import { AlarmBook, AlarmKind, AlarmRules } from '../../../src/modules/alarms/index.js';
import { NotificationDelivery } from '../../../src/modules/notifications/notification.entity.js';
import { ChannelsStore } from '../../../src/modules/notifications/channels-store.js';
import { DeliveryClaims } from '../../../src/modules/notifications/delivery/delivery-claims.js';
import { DeliverySender } from '../../../src/modules/notifications/delivery/delivery-sender.js';
import { Notifier } from '../../../src/modules/notifications/delivery/notifier.js';
import { DeliveryWriter } from '../../../src/modules/notifications/delivery/delivery-writer.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { until } from '../../support/scratch.js';
import { jobDone, jobFailed, useNewsApp } from './news-app.js';
import { useReceiver } from './receiver.js';

const news = useNewsApp();
const receiver = useReceiver();
const hook = (name: string): Promise<string> => news.hook(name, receiver.url);

it('a channel that is down gets its messages later, in order, and holds up no other', async () => {
  const id = await news.site('down.example');
  const [down, up] = [await hook('down'), await hook('up')];
  for (const channel of [down, up]) await news.rule(channel, ['job.failed', 'job.completed'], { siteIds: [id] });
  receiver.answer('down', (response) => response.destroy());
  await news.tick();
  await news.happen(jobFailed(id, 'down.example'));
  await news.pass(40);
  expect(receiver.json('up')).toHaveLength(1);
  const [waiting] = await news.deliveries(down);
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 1 });
  expect(waiting?.error).toContain('it closed the connection');
  receiver.status('down', 503, { 'Retry-After': '1800' });
  await news.pass(60);
  const tries = receiver.of('down').length;
  // What comes meanwhile waits with it.
  const other = jobFailed(id, 'down.example');
  await news.happen({ ...other, data: { ...other.data, kind: 'verify' } });
  await news.pass(1700);
  expect(receiver.of('down')).toHaveLength(tries);
  receiver.well('down');
  await news.pass(200);
  expect(receiver.of('down')).toHaveLength(tries + 1);
  expect(receiver.json('down').at(-1)).toMatchObject({ total: 2 });
  expect((await news.deliveries(down))[0]).toMatchObject({ state: 'sent', error: null, response: 'HTTP 200: ok' });
});

it('a passing fault is tried for about a day; a refusal once; both can be sent again by hand', async () => {
  const id = await news.site('never.example');
  const [busy, gone] = [await hook('busy'), await hook('gone')];
  for (const channel of [busy, gone]) await news.rule(channel, ['job.failed'], { siteIds: [id] });
  receiver.status('busy', 429);
  receiver.status('gone', 410, {}, 'no such hook');
  await news.tick();
  const begun = news.timings.now().getTime();
  await news.happen(jobFailed(id, 'never.example'));
  await news.pass(40);
  let last = news.timings.now().getTime();
  for (let minute = 0; minute < 3 * 1440 && (await news.deliveries(busy))[0]?.state === 'waiting'; minute += 30) {
    news.advance(30 * 60);
    await news.tick();
    last = news.timings.now().getTime();
  }
  const hours = (last - begun) / 3_600_000;
  expect(hours).toBeGreaterThan(15);
  expect(hours).toBeLessThan(36);
  expect((await news.deliveries(busy))[0]).toMatchObject({ state: 'failed', attempts: 25, response: 'HTTP 429: no' });
  const checks = await news.test.operator.get<{ checks: { name: string; status: string; message: string }[] }>(
    '/doctor',
  );
  const check = checks.checks.find(({ name }) => name === 'notifications');
  expect(check).toMatchObject({ status: 'warning', message: expect.stringContaining('"gone":') as string });
  const [refused] = await news.deliveries(gone);
  expect(refused).toMatchObject({ state: 'failed', attempts: 1, response: 'HTTP 410: no such hook' });
  receiver.well('gone');
  await news.test.operator.post(`/notifications/deliveries/${refused?.id}/retry`);
  await news.pass(400);
  expect(receiver.json('gone')).toHaveLength(2);
  const again = await news.test.operator.call('POST', `/notifications/deliveries/${refused?.id}/retry`);
  expect(again).toMatchObject({ status: 409, body: { code: 'NOTIFICATION_DELIVERY_NOT_OVER' } });
});

it('what waited a day is given up alone: what came just before and went with it is tried again', async () => {
  const id = await news.site('late.example');
  const channel = await hook('late');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  receiver.status('late', 503);
  await news.tick();
  await news.happen(jobFailed(id, 'late.example'));
  await news.pass(60);
  await news.orm.em
    .fork()
    .execute(`update notification_delivery set attempts = 24, next_attempt_at = ? where channel_id = ?`, [
      news.timings.now().toISOString(),
      channel,
    ]);
  const fresh = jobFailed(id, 'late.example');
  await news.happen({ ...fresh, data: { ...fresh.data, kind: 'verify' } });
  await news.tick();
  expect((await news.deliveries(channel)).map(({ state, attempts }) => `${state} ${attempts}`).toSorted()).toEqual([
    'failed 25',
    'waiting 1',
  ]);
  receiver.well('late');
  await news.pass(400);
  expect(receiver.json('late').at(-1)).toMatchObject({ title: 'late.example: verify failed', total: 1 });
});

it('a crash between any two steps loses nothing and tells nothing twice but what was in flight', async () => {
  const id = await news.site('crash.example');
  const channel = await hook('crash');
  await news.rule(channel, ['job.failed', 'job.completed'], { siteIds: [id] });
  await news.tick();
  await news.happen(jobFailed(id, 'crash.example'), jobDone(id, 'crash.example', 0), jobFailed(id, 'crash.example'));
  // Killed after its writes: they go with the transaction, the cursor with them.
  const writer = news.test.app.get(DeliveryWriter, { strict: false });
  const open = writer.open.bind(writer);
  writer.open = async (...given) => {
    const batch = await open(...given);
    const flush = batch.flush.bind(batch);
    batch.flush = async (em) => {
      await flush(em);
      expect(await em.count(NotificationDelivery, { channelId: channel })).toBe(3);
      throw new Error('killed');
    };
    return batch;
  };
  await expect(news.test.app.get(Notifier, { strict: false }).run()).rejects.toThrow('killed');
  writer.open = open;
  expect(await news.deliveries(channel)).toEqual([]);
  // Two masters at a time.
  const notifier = news.test.app.get(Notifier, { strict: false });
  await Promise.all([notifier.run(), notifier.run(), notifier.run()]);
  const entered = await news.deliveries(channel);
  expect(entered.map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
    'job.completed waiting',
    'job.failed dropped',
    'job.failed waiting',
  ]);
  // Killed while it sent: taken, and never settled. Another takes over after the lease, and not before.
  const claims = `update notification_delivery set claimed_until = ?, attempts = 1 where channel_id = ? and state = 'waiting'`;
  const lease = new Date(news.timings.now().getTime() + 180_000);
  await news.orm.em.fork().execute(claims, [lease.toISOString(), channel]);
  await news.pass(160);
  expect(receiver.json('crash')).toEqual([]);
  await news.pass(20);
  expect((await news.deliveries(channel)).map(({ attempts }) => attempts).join(' ')).toBe('2 2 0');
  expect(receiver.json('crash')).toHaveLength(1);
  await news.pass(600);
  expect(receiver.json('crash')).toHaveLength(1);
});

it('what is taken to be sent while its end is entered counts as told', async () => {
  const id = await news.site('taken.example');
  const channel = await hook('taken');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  await news.happen(jobFailed(id, 'taken.example'));
  await news.tick();
  await news.happen(jobDone(id, 'taken.example'));
  const notifier = news.test.app.get(Notifier, { strict: false });
  const { entered } = await news.orm.em.fork().transactional(async (em) => {
    const lease = new Date(news.timings.now().getTime() + 180_000).toISOString();
    await em.execute(`update notification_delivery set claimed_until = ?, attempts = 1 where channel_id = ?`, [
      lease,
      channel,
    ]);
    const run = notifier.run();
    await until('the notifier to wait for it', async () => {
      const rows = await news.orm.em
        .fork()
        .execute(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%notification_delivery%'`,
        );
      return rows.length > 0;
    });
    // Within an object, or it would be waited for here.
    return { entered: run };
  });
  await entered;
  expect((await news.deliveries(channel)).map(({ type, state }) => `${type} ${state}`).toSorted()).toEqual([
    'job.completed waiting',
    'job.failed waiting',
  ]);
});

it('a stop gives what is being sent a little time, and what is cut off is sent at the next start', async () => {
  const id = await news.site('stop.example');
  const channel = await hook('stop');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  await news.happen(jobFailed(id, 'stop.example'));
  await news.tick();
  news.advance(60);
  const get = <T>(type: new (...args: never[]) => T): T => news.test.app.get<T>(type, { strict: false });
  const sender = new DeliverySender(news.orm, get(DeliveryClaims), get(ChannelsStore), news.timings, news.test.config);
  const arrived = new Promise<void>((resolve) => receiver.answer('stop', () => resolve()));
  await sender.start();
  await arrived;
  news.timings.stopMs = 50;
  await sender.onModuleDestroy();
  expect(await news.deliveries(channel)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  receiver.well('stop');
  await news.tick();
  expect(await news.deliveries(channel)).toMatchObject([{ state: 'sent' }]);
  expect(new Set(receiver.json('stop').map((message) => message['id'])).size).toBe(1);
});

it('a channel that does not take its messages is an alarm, told through the others and never through itself', async () => {
  const id = await news.site('lost.example');
  // Those of the tests before have lost messages, too.
  await news.orm.em.fork().execute('update notification_channel set enabled = false');
  const [lost, other] = [await hook('lost'), await hook('other')];
  await news.rule(lost, ['job.failed'], { siteIds: [id] });
  const alarms = ['alarm:notification.undelivered'];
  for (const channel of [lost, other]) await news.rule(channel, alarms);
  const book = news.test.app.get(AlarmBook, { strict: false });
  const rule = news.test.app
    .get(AlarmRules, { strict: false })
    .all.find(({ kind }) => kind === AlarmKind.NotificationUndelivered);
  const open = async (): Promise<AlarmDto | undefined> => {
    if (rule === undefined) throw new Error('no such rule');
    await book.settle(rule, news.timings.now());
    const { items } = await news.test.viewer.get<Page<AlarmDto>>('/alarms?open=true&kind=notification.undelivered');
    return items.find(({ subject }) => subject === lost);
  };
  receiver.status('lost', 503);
  await news.tick();
  await news.happen(jobFailed(id, 'lost.example'));
  await news.pass(600);
  expect(await news.deliveries(lost)).toMatchObject([{ state: 'waiting' }]);
  expect(await open()).toBeUndefined();
  await news.pass(3 * 3600);
  expect(await open()).toMatchObject({ severity: 'warning', context: { channel: 'lost', state: 'waiting' } });
  await news.pass(60);
  const told = receiver.json('other').filter(({ text }) => String(text).includes('"lost"'));
  expect(told).toMatchObject([{ title: 'backupd: notification undelivered', severity: 'warning' }]);
  expect(told[0]?.['text']).toContain('backupd notify test "lost"');
  expect((await news.deliveries(lost)).map(({ type }) => type)).toEqual(['job.failed']);
  receiver.status('lost', 410);
  await news.pass(3 * 3600);
  expect(await news.deliveries(lost)).toMatchObject([{ state: 'failed' }]);
  expect(await open()).toMatchObject({ severity: 'warning', context: { state: 'failed' } });
  // Nobody is left who could be told.
  await news.orm.em.fork().execute('update notification_channel set enabled = false where id <> ?', [lost]);
  expect(await open()).toMatchObject({
    severity: 'critical',
    message: expect.stringContaining('nobody is told') as string,
  });
  expect(await news.test.viewer.get('/status')).toMatchObject({ level: 'critical' });
  await news.orm.em.fork().execute('update notification_channel set enabled = true where id = ?', [other]);
  receiver.well('lost');
  await news.test.operator.post(`/notifications/channels/${lost}/test`);
  expect(await open()).toBeUndefined();
  await news.pass(400);
  expect(receiver.json('other').at(-1)).toMatchObject({ title: 'backupd: notification undelivered: over' });
  expect(receiver.json('lost').at(-1)).toMatchObject({ items: [{ type: 'test' }] });
});

it('dead-man switches hear of each start and end at once and in order, and that backupd lives', async () => {
  const site = await GatedSite.make(news.test, 'switch');
  const [health, kuma] = [
    await news.channel('health', 'healthchecks', { url: `${receiver.url}/health/uuid`, heartbeatMinutes: 5 }),
    await news.channel('kuma', 'uptime-kuma', { url: `${receiver.url}/kuma/api/push/tok?status=up&msg=OK&ping=` }),
  ];
  for (const channel of [health, kuma])
    await news.rule(channel, ['job.*:backup'], { siteIds: [site.id], minSeverity: 'critical' });
  await news.tick();
  expect(receiver.of('health').map(({ path, method }) => `${method} ${path}`)).toEqual(['POST /health/uuid']);
  const good = await site.backUp();
  site.fail('backup_files', { code: 'DISK_BROKEN', kind: 'source', retry: 'never', message: 'The disk is broken.' });
  const bad = await site.backUp();
  await news.tick();
  const pings = receiver.of('health').slice(1);
  expect(pings.map(({ path, query }) => [path, query.get('rid')])).toEqual([
    ['/health/uuid/start', good.id],
    ['/health/uuid', good.id],
    ['/health/uuid/start', bad.id],
    ['/health/uuid/fail', bad.id],
  ]);
  expect(pings[3]?.body).toContain('The disk is broken.');
  const pushes = receiver.of('kuma').map(({ query }) => [query.get('status'), query.get('msg')]);
  expect(pushes).toEqual([
    ['up', 'switch: backup completed'],
    ['down', expect.stringContaining('The disk is broken.')],
  ]);
  expect(Number(receiver.of('kuma')[0]?.query.get('ping'))).toBeGreaterThan(0);
  await news.pass(300);
  expect(receiver.of('health')).toHaveLength(6);
  await news.orm.em.fork().execute(
    `insert into alarm (id, kind, subject, severity, message, context, raised_at, last_seen_at)
      values (?, 'disk.low', '/', 'critical', 'The disk is nearly full.', '{}', now(), now())`,
    [newId()],
  );
  await news.pass(300);
  const beat = receiver.of('health').at(-1);
  expect(beat).toMatchObject({ path: '/health/uuid/fail' });
  expect(beat?.body).toContain('The disk is nearly full.');
  await news.orm.em.fork().execute('delete from alarm');
});
