import { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobDto, Page } from '../../../src/cli/api-types.js';
import type { ScheduleDetailsDto, ScheduleDto, SiteScheduleDto } from '../../../src/cli/api-types-schedules.js';
import { RetentionSchedule } from '../../../src/modules/retention/index.js';
import { InstallationTasks, ScheduleTick } from '../../../src/modules/schedules/index.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const test = useJobsApp();
let number = 0;

/** Slots lie far from the clock of this test, so that the server's own tick finds nothing due. */
const FAR = Date.UTC(new Date().getUTCFullYear() + 1, 5, 15);
const at = (hours: number, minutes = 0, seconds = 0): Date =>
  new Date(FAR + hours * HOUR + minutes * 60_000 + seconds * 1000);
const yearly = (time = '04:00'): object => ({
  every: 'cron',
  expression: `${Number(time.slice(3))} ${Number(time.slice(0, 2))} 15,16,17 6 *`,
});
const tick = (now: Date): Promise<void> => test.app.get(ScheduleTick).run(now);
const make = (body: Record<string, unknown>): Promise<ScheduleDto> =>
  test.operator.post<ScheduleDto>('/schedules', {
    kind: 'backup',
    scope: 'all',
    timeZone: 'UTC',
    rhythm: yearly(),
    ...body,
  });
const scheduleOf = async (siteId: string, kind = 'backup'): Promise<SiteScheduleDto> => {
  const found = await test.viewer.get<SiteScheduleDto[]>(`/sites/${siteId}/schedule`);
  return found.find((each) => each.kind === kind) as SiteScheduleDto;
};
const preview = (rhythm: object, more: object = {}): Promise<{ text: string; next: { startsAt: string }[] }> =>
  test.viewer.post('/schedules/preview', { rhythm, timeZone: 'Europe/Berlin', ...more });
const jobsOf = async (siteId: string): Promise<JobDto[]> =>
  (await test.viewer.get<Page<JobDto>>(`/jobs?siteId=${siteId}`)).items;
const site = (more: Record<string, unknown> = {}): Promise<GatedSite> =>
  GatedSite.make(test, `s${(number += 1)}`, more);
const outcomes = async (siteId: string, kind?: string): Promise<string[]> =>
  (await scheduleOf(siteId, kind)).lastSlots.map(({ slotAt, outcome }) => `${slotAt.slice(8, 16)} ${outcome}`);
const told = async (siteId: string | null): Promise<string[]> => {
  const rows = await test.app
    .get(MikroORM)
    .em.fork()
    .execute<{ data: { message: string } }[]>(
      "select data from job_event where type = 'schedule.missed' and site_id is not distinct from ?::uuid order by id",
      [siteId],
    );
  return rows.map((row) => row.data.message);
};
const allEnded = async (siteId: string): Promise<void> => {
  for (const job of await jobsOf(siteId)) await test.admin.ended(job.id);
};

afterEach(async () => {
  for (const { id } of (await test.admin.get<Page<ScheduleDto>>('/schedules?limit=500')).items)
    await test.admin.call('DELETE', `/schedules/${id}`);
  for (const { id } of (await test.admin.get<Page<{ id: string }>>('/sites?limit=500')).items) {
    await allEnded(id);
    await test.admin.call('DELETE', `/sites/${id}`);
  }
});

describe('a slot', () => {
  it('makes one job for each site, however many ticks there are at a time', async () => {
    const sites = await Promise.all([site(), site(), site(), site()]);
    const { id } = await make({});
    await tick(at(3, 59));
    for (const each of sites) expect(await jobsOf(each.id)).toEqual([]);
    await Promise.all([tick(at(4, 0, 1)), tick(at(4, 0, 1)), tick(at(4, 0, 2))]);
    await tick(at(4, 0, 3));
    for (const each of sites) {
      const [job, ...others] = await jobsOf(each.id);
      expect(others).toEqual([]);
      expect(await outcomes(each.id)).toEqual(['15T04:00 started']);
      const [slot] = (await scheduleOf(each.id)).lastSlots;
      expect(slot?.jobId).toBe(job?.id);
      expect((await test.admin.ended(job?.id ?? '')).status).toBe('completed');
    }
    const [row] = await test.app
      .get(MikroORM)
      .em.fork()
      .execute<{ n: number }[]>(
        "select count(*)::int as n from job where schedule_id = ? and trigger = 'schedule' and slot_at = ?",
        [id, at(4).toISOString()],
      );
    expect(row?.n).toBe(sites.length);
    // A clock that is set back finds nothing to do again, one that goes on finds the next slot.
    await tick(at(3, 30));
    await tick(at(4, 0, 30));
    await tick(at(28, 0, 1));
    for (const each of sites) expect(await outcomes(each.id)).toEqual(['16T04:00 started', '15T04:00 started']);
    const [first] = sites;
    const entries = await test.admin.get<{ items: unknown[] }>(
      `/audit?action=schedules.start&target=${first?.id ?? ''}`,
    );
    expect(entries.items).toMatchObject([{ actor: 'system' }, { actor: 'system', details: { scheduleId: id } }]);
  });

  it('that was dealt with is not run again, even when the row that says so comes back', async () => {
    const one = await site();
    await make({});
    await tick(at(4, 0, 1));
    await allEnded(one.id);
    await test.app
      .get(MikroORM)
      .em.fork()
      .execute('update schedule_state set next_slot = ?, due_at = ? where site_id = ?', [
        at(4).toISOString(),
        at(4).toISOString(),
        one.id,
      ]);
    await tick(at(4, 0, 5));
    expect(await jobsOf(one.id)).toHaveLength(1);
    expect((await scheduleOf(one.id)).next[0]?.slotAt).toBe(at(28).toISOString());
  });

  it('that a fault of backupd keeps from starting is tried again a minute later, and stops no other', async () => {
    const [bad, good] = [await site(), await site()];
    const em = test.app.get(MikroORM).em.fork();
    await em.execute(
      `create function fault() returns trigger language plpgsql as $$ begin raise exception 'a fault'; end $$;
        create trigger fault before insert on job for each row when (new.site_id = '${bad.id}') execute function fault()`,
    );
    try {
      const { id } = await make({});
      await tick(at(4, 0, 1));
      expect((await scheduleOf(bad.id)).waiting).toMatch(/^A fault of backupd kept it from starting/);
      expect(await outcomes(bad.id)).toEqual([]);
      expect(await outcomes(good.id)).toEqual(['15T04:00 started']);
      await allEnded(good.id);
      const now = await test.operator.post<{ jobIds: string[]; refused: unknown[] }>(`/schedules/${id}/run`);
      expect(now.refused).toMatchObject([{ siteId: bad.id, reason: expect.stringMatching(/^A fault of backupd/) }]);
      expect(now.jobIds).toHaveLength(1);
      await allEnded(good.id);
    } finally {
      await em.execute('drop trigger fault on job; drop function fault');
    }
    await tick(at(4, 0, 50));
    expect(await outcomes(bad.id)).toEqual([]);
    await tick(at(4, 1, 2));
    expect(await outcomes(bad.id)).toEqual(['15T04:00 started']);
  });

  it('is not waited for until a time that only a wrong clock had come to', async () => {
    const one = await site();
    await make({});
    const soon = (await scheduleOf(one.id)).next;
    // As a clock that is ten years ahead leaves it, for as long as one tick takes.
    await test.app
      .get(MikroORM)
      .em.fork()
      .execute(
        `update schedule_state set updated_at = updated_at + interval '10 years', next_slot = next_slot + interval '10 years',
          due_at = due_at + interval '10 years', last_slot = next_slot + interval '10 years' where site_id = ?`,
        [one.id],
      );
    expect((await scheduleOf(one.id)).next).not.toEqual(soon);
    // Looked for once an hour.
    await tick(new Date(Date.now() + 2 * HOUR));
    expect((await scheduleOf(one.id)).next).toEqual(soon);
  });

  it('waits while a job of the site is active, and is then run once for all that passed', async () => {
    const busy = await site();
    busy.hold('backup_db');
    const job = await busy.start();
    await busy.reached('backup_db');
    await make({ rhythm: { every: 'cron', expression: '*/30 4-8 15 6 *' } });
    await tick(at(4, 0, 1));
    expect((await scheduleOf(busy.id)).waiting).toMatch(/^The site's backup is running \(job /);
    await tick(at(5, 10));
    expect(await jobsOf(busy.id)).toHaveLength(1);
    busy.release('backup_db');
    await test.admin.ended(job.id);
    await tick(at(5, 20));
    const view = await scheduleOf(busy.id);
    expect(view.lastSlots).toMatchObject([
      { slotAt: at(5).toISOString(), outcome: 'started', note: 'One run for 3 slots.' },
    ]);
    expect(view).toMatchObject({ waiting: null, next: [{ slotAt: at(5, 30).toISOString() }, {}, {}, {}, {}] });
    expect(await jobsOf(busy.id)).toHaveLength(2);
    expect(await told(busy.id)).toEqual([]);
  });

  it('that passed while backupd did not run is made up for once, or left out', async () => {
    const one = await site({ labels: ['once'] });
    const none = await site({ labels: ['skip'] });
    const hourly = { every: 'cron', expression: '0 * 15 6 *' };
    await make({ scope: 'label', scopeValue: 'once', rhythm: hourly });
    await make({ scope: 'label', scopeValue: 'skip', rhythm: hourly, missed: 'skip' });
    await tick(at(9, 30));
    expect(await jobsOf(one.id)).toHaveLength(1);
    expect(await jobsOf(none.id)).toHaveLength(0);
    expect(await outcomes(one.id)).toEqual(['15T09:00 started']);
    expect(await outcomes(none.id)).toEqual(['15T09:00 missed']);
    const passed = '10 slots passed while backupd did not run.';
    expect(await told(one.id)).toEqual([`${passed} One run makes up for it.`]);
    expect(await told(none.id)).toEqual([`${passed} It was left out, as the schedule says.`]);
    await allEnded(one.id);
    await tick(at(10, 0, 2));
    expect(await outcomes(none.id)).toEqual(['15T10:00 started', '15T09:00 missed']);
    expect(await jobsOf(one.id)).toHaveLength(2);
  });

  it('that cannot be started is told, and the next one is tried', async () => {
    const broken = await site();
    const em = test.app.get(MikroORM).em.fork();
    await make({});
    await em.execute("update site set module = 'gone' where id = ?", [broken.id]);
    await tick(at(4, 0, 1));
    expect(await outcomes(broken.id)).toEqual(['15T04:00 failed']);
    expect(await told(broken.id)).toEqual([expect.stringMatching(/^It could not be started: .*gone/)]);
    await em.execute("update site set module = 'plain' where id = ?", [broken.id]);
    await tick(at(28, 0, 1));
    expect(await outcomes(broken.id)).toEqual(['16T04:00 started', '15T04:00 failed']);
  });

  it('of more sites than may run at a time on a host waits, over all masters', async () => {
    const sites = [await site(), await site(), await site(), await site()];
    for (const each of sites) each.hold('backup_db');
    await make({ maxPerNode: 2 });
    await Promise.all([tick(at(4, 0, 1)), tick(at(4, 0, 1))]);
    const views = await Promise.all(sites.map((each) => scheduleOf(each.id)));
    const waiting = views.filter((view) => view.waiting !== null);
    expect(waiting.map((view) => view.waiting)).toEqual(
      Array(2).fill('2 jobs of the schedule are active on the host: no more at a time.'),
    );
    for (const each of sites) each.release('backup_db');
    for (const each of sites) await allEnded(each.id);
    await tick(at(4, 0, 20));
    for (const each of sites) expect(await outcomes(each.id)).toEqual(['15T04:00 started']);
  });

  it('is not run while site or schedule are paused, nor made up for when they go on', async () => {
    const paused = await site();
    const { id } = await make({});
    await test.operator.post(`/sites/${paused.id}/pause`);
    await tick(at(4, 0, 1));
    expect(await scheduleOf(paused.id)).toMatchObject({
      active: false,
      next: [],
      text: expect.stringContaining('the site is paused'),
    });
    await test.operator.post(`/sites/${paused.id}/resume`);
    await tick(at(5));
    await test.operator.post(`/schedules/${id}/pause`);
    await tick(at(28, 0, 1));
    expect(await jobsOf(paused.id)).toEqual([]);
    await test.operator.post(`/schedules/${id}/resume`);
    expect((await scheduleOf(paused.id)).next).toHaveLength(5);
    expect(await jobsOf(paused.id)).toEqual([]);
  });
});

describe('which schedule counts', () => {
  it('the closest: site, the first label, host, all; a paused or empty one there is off', async () => {
    const own = await site({ labels: ['b', 'a'] });
    const labelled = await site({ labels: ['b', 'c'] });
    const plain = await site({ timeZone: 'Asia/Kolkata' });
    const source = async (each: GatedSite): Promise<unknown[]> => {
      const { source: scope, name, active } = await scheduleOf(each.id);
      return [scope, name, active];
    };
    expect(await source(plain)).toEqual([null, null, false]);
    await make({ timeZone: null });
    await make({ scope: 'label', scopeValue: 'c' });
    await make({ scope: 'label', scopeValue: 'b', paused: true });
    await make({ scope: 'label', scopeValue: 'a' });
    expect(await source(own)).toEqual(['label', 'backup of the label a', true]);
    expect(await source(labelled)).toEqual(['label', 'backup of the label b', false]);
    expect(await source(plain)).toEqual(['all', 'backup of all sites', true]);
    expect((await scheduleOf(plain.id)).timeZone).toBe('Asia/Kolkata');
    await make({ scope: 'node', scopeValue: 'self' });
    expect(await source(plain)).toEqual(['node', 'backup of the host self', true]);
    await make({ scope: 'site', scopeValue: own.id, rhythm: { every: 'never' } });
    expect(await source(own)).toEqual(['site', `backup of ${own.dto.name}`, false]);
    await tick(at(4, 0, 1));
    const counts = await Promise.all([own, labelled, plain].map(async (each) => (await jobsOf(each.id)).length));
    expect(counts).toEqual([0, 0, 1]);
    const listed = await test.viewer.get<Page<{ id: string; nextRun: string | null }>>('/sites?limit=100');
    expect(listed.items.find((each) => each.id === plain.id)?.nextRun).toBe(at(28).toISOString());
    expect(listed.items.find((each) => each.id === own.id)?.nextRun).toBeNull();
    // Before the next tick too.
    expect((await test.operator.call('POST', `/sites/${plain.id}/pause`)).status).toBe(200);
    expect(await test.viewer.get(`/sites/${plain.id}`)).toMatchObject({ paused: true, nextRun: null });
  });

  it('one line is enough for 2,000 sites, and an unchanged tick costs little', async () => {
    const em = test.app.get(MikroORM).em.fork();
    await em.execute(
      `insert into site (id, name, path, module, settings, excludes, overrides, created_at, updated_at)
        select gen_random_uuid(), 'many ' || n, '/many/' || n, 'plain', '{}', '[]', '{}', now(), now() from generate_series(1, 2000) n`,
    );
    try {
      const made = await make({ jitterSeconds: 3600 });
      expect(made.sites).toBe(2000);
      // The quickest: what else the machine does is not the tick's.
      const times: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const began = performance.now();
        await tick(at(1));
        times.push(performance.now() - began);
      }
      expect(Math.min(...times)).toBeLessThan(250);
      const [row] = await em.execute<{ starts: number; late: number }[]>(
        'select count(distinct due_at)::int as starts, max(extract(epoch from due_at - next_slot))::float8 as late from schedule_state',
      );
      expect(row?.starts).toBeGreaterThan(1900);
      expect(row?.late).toBeLessThan(3600);
    } finally {
      await em.execute("delete from site where path like '/many/%'");
    }
  });
});

describe('other kinds', () => {
  it('verify reads the newest backup back, and leaves out a site that has none', async () => {
    const [backed, bare] = [await site(), await site()];
    const { backupId } = await backed.backUp();
    await make({ kind: 'verify', options: { level: 'quick' } });
    await tick(at(4, 0, 1));
    expect(await outcomes(bare.id, 'verify')).toEqual(['15T04:00 skipped']);
    const [job] = await jobsOf(backed.id);
    expect(await test.admin.ended(job?.id ?? '')).toMatchObject({ kind: 'verify', backupId, status: 'completed' });
  });

  it('retention and reconciliation follow a schedule instead of what is built in', async () => {
    const retention = await make({ kind: 'retention' });
    const reconcile = await make({ kind: 'reconcile' });
    await tick(at(4, 0, 1));
    await test.app.get(InstallationTasks).settled();
    const slots = async ({ id }: ScheduleDto): Promise<unknown> =>
      (await test.viewer.get<ScheduleDetailsDto>(`/schedules/${id}`)).lastSlots;
    expect(await slots(retention)).toMatchObject([{ outcome: 'started', note: 'All policies were applied.' }]);
    expect(await slots(reconcile)).toMatchObject([{ outcome: 'started', note: expect.stringMatching(/: completed$/) }]);
    const before = await test.viewer.get<Page<unknown>>('/reconciliations');
    expect(before.total).toBe(1);
    await tick(at(4, 0, 9));
    await test.app.get(InstallationTasks).settled();
    expect((await test.viewer.get<Page<unknown>>('/reconciliations')).total).toBe(1);
    // Paused it is off, built in or not.
    await test.operator.post(`/schedules/${retention.id}/pause`);
    const each = await site();
    await test.admin.call('PATCH', `/sites/${each.id}`, { retention: { keepLast: 1 } });
    const old = (await each.backUp()).backupId ?? '';
    await each.backUp();
    const isLetGo = async (): Promise<boolean> =>
      (await test.viewer.get<{ expiresAt: string | null }>(`/backups/${old}`)).expiresAt !== null;
    await test.app.get(RetentionSchedule).run();
    expect(await isLetGo()).toBe(false);
    await test.admin.call('DELETE', `/schedules/${retention.id}`);
    await test.app.get(RetentionSchedule).run();
    expect(await isLetGo()).toBe(true);
    expect(await test.operator.post(`/schedules/${reconcile.id}/run`)).toMatchObject({ begun: true });
    await test.app.get(InstallationTasks).settled();
    expect((await test.viewer.get<Page<unknown>>('/reconciliations')).total).toBe(2);
  });

  it('and make up for what passed once, or leave it out', async () => {
    // Not the slot of the test before: that one was dealt with.
    const skipping = await make({ kind: 'retention', missed: 'skip', rhythm: yearly('05:00') });
    const once = await make({ kind: 'reconcile', rhythm: yearly('05:00') });
    const slots = async ({ id }: ScheduleDto): Promise<unknown> =>
      (await test.viewer.get<ScheduleDetailsDto>(`/schedules/${id}`)).lastSlots;
    await tick(at(9));
    await test.app.get(InstallationTasks).settled();
    const passed = 'A slot passed while backupd did not run.';
    const leftOut = `${passed} It was left out, as the schedule says.`;
    expect(await slots(skipping)).toMatchObject([{ outcome: 'missed', note: leftOut }]);
    expect(await slots(once)).toMatchObject([{ outcome: 'started', note: expect.stringContaining(passed) }]);
    const news = await told(null);
    expect(news).toHaveLength(2);
    expect(news).toContain(leftOut);
    expect(news).toContainEqual(expect.stringMatching(`^${passed} .*: completed$`));
  });
});

describe('the API', () => {
  let schedule: ScheduleDto;
  beforeAll(async () => {
    schedule = await make({});
    await test.admin.call('DELETE', `/schedules/${schedule.id}`);
  });

  it('says in words what a schedule does, and when', async () => {
    expect((await preview({ every: 'day', at: '02:00' })).text).toBe('every day at 02:00, Europe/Berlin');
    expect((await preview({ every: 'week', days: [4, 1], at: '23:30' })).text).toBe(
      'every Monday and Thursday at 23:30, Europe/Berlin',
    );
    expect((await preview({ every: 'hours', hours: 6 })).text).toBe(
      'every 6 hours from midnight on the hour, Europe/Berlin',
    );
    const monthly = await preview({ every: 'month', days: [31], at: '02:00' }, { timeZone: 'UTC' });
    expect(monthly.text).toBe('every month on the 31st (or the last day of a shorter month) at 02:00, UTC');
    expect(monthly.next).toHaveLength(5);
    const held = await preview(
      { every: 'day', at: '09:00' },
      { timeZone: 'UTC', blackouts: [{ from: '08:00', until: '20:00' }] },
    );
    for (const { startsAt } of held.next) expect(startsAt.slice(11)).toBe('20:00:00.000Z');
  });

  it.each([
    [{ rhythm: { every: 'cron', expression: '61 * * * *' } }, 'rhythm.expression'],
    [{ rhythm: { every: 'cron', expression: '0 0 30 2 *' } }, 'rhythm.expression'],
    [{ rhythm: { every: 'day' } }, 'rhythm.at'],
    [{ rhythm: { every: 'day', at: '2am' } }, 'rhythm.at'],
    [{ rhythm: { every: 'day', at: '02:00', hours: 2 } }, 'rhythm.hours'],
    [{ rhythm: { every: 'week', days: [8], at: '02:00' } }, 'rhythm.days'],
    [{ rhythm: { every: 'hours', hours: 5 } }, 'rhythm.hours'],
    [{ timeZone: 'Berlin' }, 'timeZone'],
    [{ blackouts: [{ from: '08:00', until: '08:00' }] }, 'blackouts.0.until'],
    [{ kind: 'retention', scope: 'label', scopeValue: 'a' }, 'scope'],
    [{ scope: 'site' }, 'scopeValue'],
    [{ options: { level: 'full' } }, 'options.level'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await test.operator.call<{ code: string; errors: { field: string }[] }>('POST', '/schedules', {
      kind: 'backup',
      scope: 'all',
      rhythm: yearly(),
      ...body,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((fault) => fault.field)).toContain(field);
  });

  it('keeps one of a kind for a scope, changes and removes it, for operators', async () => {
    const { id } = await make({});
    const again = await test.operator.call('POST', '/schedules', { kind: 'backup', scope: 'all', rhythm: yearly() });
    expect(again).toMatchObject({ status: 409, body: { code: 'SCHEDULE_EXISTS', context: { id } } });
    expect((await test.viewer.call('DELETE', `/schedules/${id}`)).status).toBe(403);
    const changed = await test.operator.call('PATCH', `/schedules/${id}`, { rhythm: { every: 'day', at: '03:00' } });
    expect(changed.body).toMatchObject({ id, text: 'every day at 03:00, UTC', name: 'backup of all sites' });
    expect((await test.operator.call('DELETE', `/schedules/${id}`)).status).toBe(204);
    expect(await test.operator.call('GET', `/schedules/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'SCHEDULE_NOT_FOUND' },
    });
  });

  it('runs it now for its sites, and names those it cannot', async () => {
    const [free, off] = [await site(), await site()];
    await test.operator.post(`/sites/${off.id}/pause`);
    const { id } = await make({});
    const run = await test.operator.post<{ jobIds: string[]; refused: unknown[] }>(`/schedules/${id}/run`);
    expect(run.refused).toEqual([{ siteId: off.id, siteName: off.dto.name, reason: 'The site is paused.' }]);
    expect(run.jobIds).toEqual((await jobsOf(free.id)).map((job) => job.id));
    await allEnded(free.id);
    // The slot is run all the same.
    await tick(at(4, 0, 1));
    expect(await jobsOf(free.id)).toHaveLength(2);
  });

  it('has a time zone for all that has none of its own', async () => {
    const each = await site();
    await make({ timeZone: null });
    await test.admin.call('PUT', '/schedules/settings', { timeZone: 'America/New_York' });
    expect(await test.viewer.get('/schedules/settings')).toEqual({ timeZone: 'America/New_York' });
    expect((await scheduleOf(each.id)).next[0]?.slotAt).toBe(at(8).toISOString());
    await test.admin.call('PUT', '/schedules/settings', { timeZone: 'UTC' });
    // All that decides when a run begins holds at once.
    const { items } = await test.viewer.get<Page<ScheduleDto>>('/schedules');
    await test.operator.call('PATCH', `/schedules/${items[0]?.id ?? ''}`, {
      blackouts: [{ from: '03:00', until: '06:00' }],
    });
    expect((await scheduleOf(each.id)).next[0]).toEqual({ slotAt: at(4).toISOString(), startsAt: at(6).toISOString() });
  });

  it('slots of long ago go, and so do schedules of a site that is gone', async () => {
    const each = await site();
    await make({ scope: 'site', scopeValue: each.id });
    await tick(at(4, 0, 1));
    await allEnded(each.id);
    await test.admin.call('DELETE', `/sites/${each.id}`);
    const kept = (): Promise<unknown[]> =>
      test.app.get(MikroORM).em.fork().execute('select 1 from schedule_slot where site_id = ?', [each.id]);
    await tick(new Date(FAR + 90 * DAY));
    expect(await kept()).toHaveLength(1);
    await tick(new Date(FAR + 91 * DAY));
    expect(await kept()).toEqual([]);
    expect((await test.viewer.get<Page<unknown>>('/schedules')).total).toBe(0);
  });
});
