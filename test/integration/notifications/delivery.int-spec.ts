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
import { alarm, jobDone, jobFailed, useNewsApp } from './news-app.js';
import { useReceiver } from './receiver.js';

const news = useNewsApp();
const receiver = useReceiver();

/** A webhook channel that ends at `/<name>`. */
const hook = (name: string): Promise<string> => news.channel(name, 'webhook', { url: `${receiver.url}/${name}` });

it('tells of a real job that failed, then that it works again; nothing of what was before', async () => {
  const site = await GatedSite.make(news.test, 'shop');
  await site.backUp();
  const channel = await hook('real');
  await news.rule(channel, ['job.failed']);
  await news.tick();
  site.fail('backup_files', { code: 'DISK_BROKEN', kind: 'source', retry: 'never', message: 'The disk is broken.' });
  const failed = await site.backUp();
  await news.pass(40);
  const [told, ...more] = receiver.json('real');
  expect(more).toEqual([]);
  expect(told).toMatchObject({ title: 'shop: backup failed', severity: 'critical', good: false, total: 1 });
  expect(told?.['text']).toContain('The disk is broken.');
  expect(told?.['text']).toContain(`backupd jobs show ${failed.id}`);
  expect(told?.['text']).toContain(`https://backup.example.com/jobs/${failed.id}`);
  await site.backUp();
  await news.pass(400);
  expect(receiver.json('real').slice(1)).toMatchObject([{ title: 'shop: backup works again', good: true }]);
  const [again] = await news.deliveries(channel);
  expect(again).toMatchObject({ state: 'sent', attempts: 1, response: 'HTTP 200: ok', siteName: 'shop' });
});

it('that the end of the event log is removed by its keeping time tells nothing again', async () => {
  const id = await news.site('kept.example');
  const channel = await hook('kept');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  const failed = jobFailed(id, 'kept.example');
  await news.happen(failed);
  await news.pass(60);
  await news.happen({ ...failed, type: 'stage.progress', data: {} });
  await news.tick();
  await news.orm.em.fork().execute(`delete from job_event where type = 'stage.progress' and site_id = ?`, [id]);
  news.sleep(2 * 3600);
  await news.pass(400);
  expect(receiver.json('kept')).toHaveLength(1);
  expect(await news.deliveries(channel)).toHaveLength(1);
  news.sleep(2 * 3600);
  await news.happen(failed);
  await news.pass(60);
  expect(receiver.json('kept')).toHaveLength(2);
});

it('500 failures for one reason are one message that says so', async () => {
  const channel = await hook('storm');
  await news.rule(channel, ['job.failed', 'alarm.*']);
  await news.tick();
  for (let batch = 0; batch < 10; batch += 1) {
    const names = Array.from({ length: 50 }, (_, i) => `site-${batch * 50 + i}.example`);
    await news.happen(...names.map((name) => jobFailed(newId(), name)));
    await news.pass(20);
  }
  await news.happen(alarm('alarm.raised', 'offsite'));
  await news.pass(600);
  const messages = receiver.json('storm');
  expect(messages).toHaveLength(1);
  expect(messages[0]?.['title']).toBe('backupd: 500 × backup failed, 1 × storage unreachable');
  expect(messages[0]?.['text']).toContain('site-0.example, site-1.example');
  expect(messages[0]?.['text']).toContain('and 490 more');
  expect(messages[0]?.['total']).toBe(501);
  const told = await news.deliveries(channel);
  expect(new Set(told.map(({ state }) => state))).toEqual(new Set(['sent']));
});

it('the same again within an hour is told once, with how often', async () => {
  const id = await news.site('often.example');
  const channel = await hook('often');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  for (let i = 0; i < 5; i += 1) {
    await news.happen(jobFailed(id, 'often.example'));
    await news.pass(300);
  }
  expect(receiver.json('often').map(({ title }) => title)).toEqual(['often.example: backup failed']);
  await news.pass(3600);
  expect(receiver.json('often').map(({ title }) => title)).toEqual([
    'often.example: backup failed',
    'often.example: backup failed (4 times)',
  ]);
});

it('the end of an alarm is told to those who were told of its beginning, and only to them', async () => {
  const [told, short] = [await hook('told'), await hook('short')];
  await news.rule(told, ['alarm:storage.unreachable']);
  await news.rule(short, ['alarm:storage.unreachable'], { minSeverity: 'critical' });
  await news.tick();
  const warning = { severity: 'warning' };
  await news.happen(alarm('alarm.raised', 'a', warning), alarm('alarm.raised', 'b', { kind: 'disk.low' }));
  await news.pass(60);
  expect(receiver.json('told').map(({ title }) => title)).toEqual(['backupd: storage unreachable']);
  await news.happen(alarm('alarm.cleared', 'a', warning), alarm('alarm.cleared', 'b', { kind: 'disk.low' }));
  await news.pass(400);
  expect(receiver.json('told')).toMatchObject([{}, { title: 'backupd: storage unreachable: over', good: true }]);
  // Over before it was told: neither is.
  await news.happen(alarm('alarm.raised', 'c'), alarm('alarm.cleared', 'c'));
  await news.pass(600);
  expect(receiver.json('told')).toHaveLength(2);
  expect(receiver.json('short')).toHaveLength(0);
  expect((await news.deliveries(short))[0]).toMatchObject({
    state: 'dropped',
    error: 'It was over before it was told.',
  });
});

it('an open alarm is told again until somebody acknowledges it', async () => {
  const channel = await hook('remind');
  await news.rule(channel, ['alarm.raised'], { remindHours: 4 });
  await news.tick();
  await news.happen(alarm('alarm.raised', 'r'));
  const em = news.orm.em.fork();
  const now = news.timings.now().toISOString();
  await em.execute(
    `insert into alarm (id, kind, subject, severity, message, context, raised_at, last_seen_at)
      values (?, 'storage.unreachable', 'r', 'critical', 'm', '{}', ?, ?)`,
    [newId(), now, now],
  );
  await news.pass(40);
  for (let hour = 0; hour < 9; hour += 1) {
    news.sleep(3600);
    await news.pass(40);
  }
  const titles = [
    'backupd: storage unreachable',
    'backupd: still storage unreachable',
    'backupd: still storage unreachable',
  ];
  expect(receiver.json('remind').map(({ title }) => title)).toEqual(titles);
  await em.execute(`update alarm set acknowledged_at = now() where subject = 'r'`);
  news.sleep(5 * 3600);
  await news.pass(40);
  expect(receiver.json('remind')).toHaveLength(3);
  await em.execute(`delete from alarm`);
});

it('quiet hours over midnight keep news back and give one summary; critical news passes where wished', async () => {
  const ids = [await news.site('night-1.example', ['night']), await news.site('night-2.example', ['night'])];
  const [held, urgent] = [await hook('held'), await hook('urgent')];
  const quiet = { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' };
  const events = ['job.failed', 'job.partial'];
  await news.rule(held, events, { labels: ['night'], quietHours: { ...quiet, exceptCritical: false } });
  await news.rule(urgent, events, { labels: ['night'], quietHours: { ...quiet, exceptCritical: true } });
  // The night in which the clock goes back: 07:00 in Berlin is 06:00 UTC, not 05:00.
  news.setClock('2026-10-24T21:30:00Z');
  await news.tick();
  await news.happen(jobDone(ids[0] ?? '', 'night-1.example', 2), jobFailed(ids[1] ?? '', 'night-2.example'));
  await news.pass(400);
  expect(receiver.json('held')).toEqual([]);
  expect(receiver.json('urgent')).toMatchObject([{ title: 'night-2.example: backup failed' }]);
  expect((await news.deliveries(held))[0]?.nextAttemptAt).toBe('2026-10-25T06:00:00.000Z');
  news.setClock('2026-10-25T05:59:00Z');
  await news.tick();
  expect(receiver.json('held')).toEqual([]);
  news.setClock('2026-10-25T06:00:10Z');
  await news.tick();
  expect(receiver.json('held')).toMatchObject([
    { total: 2, title: 'backupd: 1 × backup failed, 1 × backup completed with warnings' },
  ]);
  expect(receiver.json('urgent').slice(1)).toMatchObject([
    { title: 'night-1.example: backup completed with warnings' },
  ]);
});

it('a digest is one message a day', async () => {
  const id = await news.site('digest.example');
  const channel = await hook('digest');
  await news.rule(channel, ['job.completed', 'job.failed'], {
    siteIds: [id],
    digest: { every: 'day', at: '08:00', timeZone: 'Asia/Kolkata' },
  });
  news.setClock('2026-11-10T06:00:00Z');
  await news.tick();
  await news.happen(jobDone(id, 'digest.example'));
  await news.pass(60);
  await news.happen(jobFailed(id, 'digest.example'));
  await news.pass(60);
  news.setClock('2026-11-11T02:29:50Z');
  await news.tick();
  expect(receiver.json('digest')).toEqual([]);
  await news.pass(20);
  expect(receiver.json('digest')).toMatchObject([{ total: 2 }]);
});

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
    news.sleep(30 * 60);
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
  news.sleep(60);
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

it('what gets worse is told at once; alarms of one cause are told together', async () => {
  const ids = [await news.site('worse-1.example', ['worse']), await news.site('worse-2.example', ['worse'])];
  const channel = await hook('worse');
  await news.rule(channel, ['alarm.*'], { labels: ['worse'] });
  await news.tick();
  const raise = (i: number, severity: string) =>
    alarm(
      'alarm.raised',
      ids[i] ?? '',
      {
        kind: 'backup.failed',
        severity,
        message: `The backup of ${i} failed.`,
        context: { code: 'STORAGE_UNREACHABLE' },
      },
      ids[i],
    );
  await news.happen(raise(0, 'warning'), raise(1, 'warning'));
  await news.pass(60);
  expect(receiver.json('worse')).toMatchObject([{ title: 'backupd: 2 × backup failed', severity: 'warning' }]);
  await news.happen(raise(0, 'warning'), raise(1, 'critical'));
  await news.pass(400);
  expect(receiver.json('worse').slice(1)).toMatchObject([
    { title: 'worse-2.example: backup failed', severity: 'critical' },
  ]);
});

it('what begins again after its end was told is told at once', async () => {
  const id = await news.site('again.example');
  const channel = await hook('again');
  await news.rule(channel, ['job.failed'], { siteIds: [id] });
  await news.tick();
  for (const happened of [
    jobFailed(id, 'again.example'),
    jobDone(id, 'again.example'),
    jobFailed(id, 'again.example'),
  ]) {
    await news.happen(happened);
    await news.pass(340);
  }
  expect(receiver.json('again').map(({ title }) => title)).toEqual([
    'again.example: backup failed',
    'again.example: backup works again',
    'again.example: backup failed',
  ]);
  // Without a word of an end between them it is the same still.
  await news.happen(jobFailed(id, 'again.example'));
  await news.pass(340);
  expect(receiver.json('again')).toHaveLength(3);
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
