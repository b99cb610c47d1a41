import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntryDto, AuditPageDto } from '../../../src/cli/api-types-audit.js';
import type { Page, SiteDto } from '../../../src/cli/api-types.js';
import type { DiscoveredSiteDto, ScheduleDetailsDto, ScheduleDto } from '../../../src/cli/api-types-schedules.js';
import { requires } from '../../../src/engine/testing/index.js';
import { InstallationTasks, ScheduleTick } from '../../../src/modules/schedules/index.js';
import { cliAs } from '../core/cli.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';

const test = useJobsApp();
const CORE = ['index.php', 'wp-load.php', 'wp-settings.php', 'wp-blog-header.php', 'wp-admin/admin.php'];

const em = () => test.app.get(MikroORM).em.fork();
const run = (...args: string[]): ReturnType<typeof cliAs> => cliAs(test.admin, args);

const audited = async (action: string): Promise<AuditEntryDto[]> =>
  (await test.admin.get<AuditPageDto>(`/audit?action=${action}`)).items;

/** The files of a WordPress, with a database that is not there. */
function wordPress(path: string, database: string): string {
  const put = (name: string, content: string): void => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  };
  for (const name of CORE) put(name, "<?php require __DIR__ . '/wp-blog-header.php';");
  put('wp-includes/version.php', "<?php\n$wp_version = '6.8.1';\n");
  put('wp-content/index.php', '<?php');
  put(
    'wp-config.php',
    `<?php define('DB_NAME', '${database}'); define('DB_USER', 'u'); define('DB_PASSWORD', 'p');
     define('DB_HOST', 'localhost:/nowhere/x.sock'); $table_prefix = 'wp_'; require_once ABSPATH . 'wp-settings.php';`,
  );
  return path;
}

describe('a scheduled scan', () => {
  let root: string;
  let scan: ScheduleDto;
  let seen = 0;
  /** One look; what it told. */
  const look = async (): Promise<{ note: string; told: string[] }> => {
    const tasks = test.app.get(InstallationTasks);
    const due = new Date(Date.now() - 1000).toISOString();
    await em().execute("update schedule_state set due_at = ?, next_slot = ? where kind = 'scan'", [due, due]);
    await test.app.get(ScheduleTick).run(new Date());
    await tasks.settled();
    const rows = await em().execute<{ id: string; type: string; data: { path: string } }[]>(
      "select id, type, data from job_event where type like 'site.%' and id > ? order by id",
      [seen],
    );
    seen = Number(rows.at(-1)?.id ?? seen);
    const { lastSlots } = await test.viewer.get<ScheduleDetailsDto>(`/schedules/${scan.id}`);
    const note = lastSlots[0]?.note ?? '';
    return { note, told: rows.map(({ type, data }) => `${type} ${data.path.slice(root.length + 1)}`).toSorted() };
  };
  const discovered = async (): Promise<string[]> => {
    const { items } = await test.viewer.get<Page<DiscoveredSiteDto>>('/sites/discovered');
    return items.map(({ state, path, movedFrom }) =>
      [state, path.slice(root.length + 1), movedFrom?.slice(root.length + 1)].filter(Boolean).join(' '),
    );
  };
  const options = (more: object): Promise<ScheduleDto> =>
    test.operator
      .call<ScheduleDto>('PATCH', `/schedules/${scan.id}`, { options: { roots: [root], ...more } })
      .then(({ body }) => body);

  beforeAll(async () => {
    root = join(test.folder, 'www');
    wordPress(join(root, 'a'), 'a');
    wordPress(join(root, 'b'), 'b');
    scan = await test.operator.post<ScheduleDto>('/schedules', {
      kind: 'scan',
      scope: 'all',
      rhythm: { every: 'cron', expression: '0 4 1 1 *' },
      options: { roots: [root] },
    });
  });

  it('tells once of what is new, and leaves it alone', async () => {
    const registered = await test.operator.post<SiteDto>('/sites', { path: join(root, 'a') });
    expect(await look()).toEqual({ note: '2 on disk; 1 new, 0 moved, 0 gone.', told: ['site.found b'] });
    expect(await look()).toEqual({ note: '2 on disk; 0 new, 0 moved, 0 gone.', told: [] });
    expect(await discovered()).toEqual(['new b']);
    expect((await test.viewer.get<Page<SiteDto>>('/sites')).items.map(({ id }) => id)).toEqual([registered.id]);
    const { stdout } = await cliAs(test.viewer, ['sites', 'discovered']);
    expect(stdout).toMatch(new RegExp(`new +self +${join(root, 'b')}`));
  });

  it('tells of what has moved, and changes the path when it may', async () => {
    renameSync(join(root, 'a'), join(root, 'a2'));
    expect((await look()).told).toEqual(['site.moved a2']);
    expect(await discovered()).toEqual(['moved a2 a', 'new b']);
    const [site] = (await test.viewer.get<Page<SiteDto>>('/sites')).items;
    expect(site?.path).toBe(join(root, 'a'));
    const edited = await cliAs(test.operator, ['sites', 'edit', site?.id ?? '', '--path', join(root, 'a2')]);
    expect(edited).toMatchObject({ code: 0, stderr: '' });
    expect(await discovered()).toEqual(['new b']);
    await options({ followMoves: true });
    // Copied and removed: other inodes, the same database.
    wordPress(join(root, 'a3'), 'a');
    rmSync(join(root, 'a2'), { recursive: true });
    expect((await look()).told).toEqual(['site.moved a3']);
    expect(await test.viewer.get(`/sites/${site?.id ?? ''}`)).toMatchObject({ path: join(root, 'a3') });
    expect(await audited('sites.moved')).toMatchObject([
      { actor: 'system', targetId: site?.id, details: { from: join(root, 'a2'), path: join(root, 'a3') } },
    ]);
  });

  it.runIf(requires('root'))('gives the site of one owner to no other, unless a person says so', async () => {
    const other = 4242;
    const { id } = await test.operator.post<SiteDto>('/sites', { path: wordPress(join(root, 'c'), 'c') });
    await look();
    // Another tenant names the same database once the folder has gone.
    chownSync(wordPress(join(root, 'c3'), 'c'), other, other);
    rmSync(join(root, 'c'), { recursive: true });
    expect((await look()).told).toEqual(['site.moved c3']);
    const path = async (): Promise<string> => (await test.viewer.get<SiteDto>(`/sites/${id}`)).path;
    expect(await path()).toBe(join(root, 'c'));
    const [told] = await em().execute<{ message: string }[]>(
      "select data->>'message' as message from job_event where type = 'site.moved' order by id desc limit 1",
    );
    expect(told?.message).toContain(`somebody else's now (uid ${other}, before: 0)`);
    expect(told?.message).toContain(`backupd sites edit ${id} --path`);
    // Neither does moving on within what is theirs help.
    await look();
    renameSync(join(root, 'c3'), join(root, 'c4'));
    expect((await look()).told).toEqual(['site.moved c4']);
    expect(await path()).toBe(join(root, 'c'));
    await test.operator.call('PATCH', `/sites/${id}`, { path: join(root, 'c4') });
    await look();
    renameSync(join(root, 'c4'), join(root, 'c5'));
    expect((await look()).told).toEqual(['site.moved c5']);
    expect(await path()).toBe(join(root, 'c5'));
    await test.admin.call('DELETE', `/sites/${id}`);
    rmSync(join(root, 'c5'), { recursive: true });
    await look();
  });

  it('tells once of what is gone, and of none where the folder itself is not there', async () => {
    renameSync(root, `${root}-away`);
    const away = await look();
    expect(away).toEqual({
      note: `0 on disk; 0 new, 0 moved, 0 gone. Not there, so not looked at: ${root}.`,
      told: [],
    });
    renameSync(`${root}-away`, root);
    rmSync(join(root, 'a3'), { recursive: true });
    expect((await look()).told).toEqual(['site.vanished a3']);
    expect((await look()).told).toEqual([]);
    expect(await discovered()).toContain('vanished a3');
  });

  it('registers what is new when it may, with labels, so that schedules hold for it', async () => {
    await options({ enrol: true, labels: ['found'] });
    const all = await test.operator.post<ScheduleDto>('/schedules', {
      kind: 'backup',
      scope: 'label',
      scopeValue: 'found',
      rhythm: { every: 'cron', expression: '0 4 1 1 *' },
    });
    wordPress(join(root, 'new'), 'new');
    expect((await look()).told).toEqual(['site.found new']);
    const { items } = await test.viewer.get<Page<SiteDto>>('/sites?label=found');
    expect(items.map(({ path }) => path)).toEqual([join(root, 'new')]);
    expect(await audited('sites.registered')).toMatchObject([
      { actor: 'system', targetId: items[0]?.id, details: { path: join(root, 'new'), labels: ['found'] } },
    ]);
    await test.app.get(ScheduleTick).run(new Date());
    expect(await test.viewer.get(`/schedules/${all.id}`)).toMatchObject({ sites: 1 });
    for (const { id } of [all, scan]) await test.admin.call('DELETE', `/schedules/${id}`);
    for (const { id } of (await test.admin.get<Page<SiteDto>>('/sites')).items)
      await test.admin.call('DELETE', `/sites/${id}`);
  });
});

describe('backupd schedule', () => {
  it('sets a default for all sites with one line, and exceptions by label and site', async () => {
    const site = await GatedSite.make(test, 'cli-shop', { labels: ['slow'] });
    await run('schedule', 'zone', 'Europe/Berlin');
    expect((await run('schedule')).stdout).toContain('No schedule is set');
    const all = await run('schedule', 'set', 'daily', '2:00', '--jitter', '2h', '--blackout', '8:00-20:00');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(/^backup of all: every day at 02:00, each site's time zone \(1 site\)\n {2}next run: /);
    await run('schedule', 'set', 'weekly', 'mon,thu', '03:30', '--label', 'slow', '--zone', 'Asia/Kolkata');
    await run('schedule', 'set', '0 3 * * *', '--kind', 'verify', '--level', 'quick', '--max-per-host', '1');
    await run('schedule', 'set', 'every', '6h', ':15', '--kind', 'reconcile');
    const next = await run('schedule', 'next', 'cli-shop');
    expect(next.stdout).toContain(
      'backup: every Monday and Thursday at 03:30, Asia/Kolkata (backup of the label slow)',
    );
    expect(next.stdout).toContain('verify: by the cron expression 0 3 * * *, Europe/Berlin');
    expect(next.stdout.match(/T?\d\d:\d\d:\d\d UTC/g)?.length).toBe(10);
    const off = await run('schedule', 'set', 'never', '--site', 'cli-shop');
    expect(off.stdout).toBe('backup of cli-shop: never (0 sites)\n');
    const list = (await run('schedule', 'list')).stdout;
    for (const row of [
      /backup +all +every day at 02:00/,
      /backup +label slow/,
      /backup +cli-shop +never/,
      /reconcile +all/,
    ])
      expect(list).toMatch(row);
    expect((await run('sites', 'list')).stdout).toContain('NEXT RUN');
    // The same again changes the one that is there.
    const again = await run('schedule', 'set', 'daily', '04:00', '--clear-blackouts', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ rhythm: { at: '04:00' }, jitterSeconds: 7200, blackouts: [] });
    expect((await test.viewer.get<Page<unknown>>('/schedules')).total).toBe(5);
    await test.admin.call('DELETE', `/sites/${site.id}`);
  });

  it('shows, pauses, resumes, runs and removes one', async () => {
    const words = ['daily', '04:00', '--kind', 'scan', '--enrol', '--enrol-label', 'new', '--name', 'look'];
    await run('schedule', 'set', ...words);
    expect((await run('schedule', 'show', 'look')).stdout).toMatch(
      /starts +scan of all\n[^]*options +enrol, labels new\n/,
    );
    expect((await run('schedule', 'show', 'backup of all sites')).stdout).toMatch(/jitter +up to 2 h 00 min/);
    await run('schedule', 'set', 'daily', '04:00', '--blackout', 'sat,sun 08:00-20:00');
    expect((await run('schedule', 'show', 'backup of all sites')).stdout).toMatch(
      /blackouts +08:00-20:00 on sat,sun\n/,
    );
    expect((await run('schedule', 'pause', 'backup of all sites')).stdout).toContain('(paused) (0 sites)');
    expect((await run('schedule', 'resume', 'backup of all sites')).stdout).not.toContain('paused');
    expect(await run('schedule', 'run', 'reconcile')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has begun'),
    });
    await test.app.get(InstallationTasks).settled();
    const { code, stdout } = await run('schedule', 'remove', 'backup of all sites', '--yes');
    expect([code, stdout]).toEqual([0, expect.stringContaining('is removed')]);
    const gone = await run('schedule', 'show', 'backup of all sites');
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('There is no schedule')]);
  });

  it('only shows what would be, and says how a rhythm is written', async () => {
    const dry = await run('schedule', 'set', 'monthly', '31', '02:00', '--zone', 'UTC', '--dry-run');
    expect(dry.stdout).toContain(
      'It would run every month on the 31st (or the last day of a shorter month) at 02:00, UTC',
    );
    const wrong = await run('schedule', 'set', 'daily', 'noon');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('weekly mon,thu HH:MM')]);
    const cron = await run('schedule', 'set', '0 3 * * 9');
    expect([cron.code, cron.stderr]).toEqual([2, expect.stringContaining('no cron expression')]);
  });
});
