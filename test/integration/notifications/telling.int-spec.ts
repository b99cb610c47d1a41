import { expect, it } from 'vitest';
import { newId } from '../../../src/common/ids.js';
import { GatedSite } from '../jobs/jobs-app.js';
import { alarm, jobDone, jobFailed, useNewsApp } from './news-app.js';
import { useReceiver } from './receiver.js';

const news = useNewsApp();
const receiver = useReceiver();
const hook = (name: string): Promise<string> => news.hook(name, receiver.url);

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
  news.advance(2 * 3600);
  await news.pass(400);
  expect(receiver.json('kept')).toHaveLength(1);
  expect(await news.deliveries(channel)).toHaveLength(1);
  news.advance(2 * 3600);
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
    news.advance(3600);
    await news.pass(40);
  }
  const titles = [
    'backupd: storage unreachable',
    'backupd: still storage unreachable',
    'backupd: still storage unreachable',
  ];
  expect(receiver.json('remind').map(({ title }) => title)).toEqual(titles);
  await em.execute(`update alarm set acknowledged_at = now() where subject = 'r'`);
  news.advance(5 * 3600);
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
