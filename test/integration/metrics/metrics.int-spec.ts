import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Figures } from '../../../src/modules/metrics/figures.js';
import { until } from '../../support/scratch.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { sql } from '../retention/support.js';

const MONITORING = join(import.meta.dirname, '../../../docker/monitoring');
const test = useJobsApp();

/** What was looked at is old now: the next scrape looks anew. */
function grownOld(): void {
  const figures = test.app.get(Figures, { strict: false });
  const before = figures.clock;
  figures.clock = () => before() + 2000;
}

const scrape = async (): Promise<string> => (await test.viewer.call<string>('GET', '/metrics')).body;

/** The value of a series; labels in their order; null = it is not there. */
function valueOf(text: string, series: string): number | null {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

const namesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\b(?:backupd|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name)),
];

function promtool(args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: MONITORING, encoding: 'utf8', input });
  return `${status}: ${stdout}${stderr}`;
}

/** A scrape in which so many failed jobs are counted, and that is not an earlier one's. */
async function scrapeOf(failed: number): Promise<string> {
  return until(
    `${failed} failed jobs to be counted`,
    async () => {
      const text = await scrape();
      const isNew = valueOf(text, 'backupd_sites{state="active"}') === 1 && text.includes('stage_duration');
      return isNew && valueOf(text, 'backupd_jobs_total{kind="backup",outcome="failed"}') === failed ? text : null;
    },
    { everyMs: 300 },
  );
}

describe('metrics of a server that has worked', () => {
  it('tell of jobs, sites, storages, the host and the process, to who may see them', async () => {
    expect((await test.anyone.call('GET', '/metrics')).status).toBe(401);
    const before = await scrape();
    // A first failure is seen by increase(), as the series was there with 0.
    expect(valueOf(before, 'backupd_jobs_total{kind="backup",outcome="failed"}')).toBe(0);
    const site = await GatedSite.make(test, 'shop "a"');
    const series = `backupd_site_last_backup_timestamp_seconds{site_id="${site.id}",site="shop \\"a\\""}`;
    expect(valueOf(await scrapeOf(0), series)).toBe(0);
    const job = await site.backUp();
    site.fail('backup_files', {
      code: 'SITE_UNREADABLE',
      kind: 'source',
      retry: 'never',
      message: 'The site is not readable.',
    });
    await site.backUp();
    const text = await scrapeOf(1);
    expect(valueOf(text, 'backupd_jobs_total{kind="backup",outcome="completed"}')).toBe(1);
    expect(valueOf(text, 'backupd_stage_duration_seconds_count{kind="backup",stage="create_bundle"}')).toBe(1);
    expect(valueOf(text, 'backupd_backup_stored_bytes_total')).toBe(job.result?.['storedBytes']);
    expect(valueOf(text, 'backupd_upload_bytes_total')).toBeGreaterThan(0);
    // What is read from the database may be 2 s old.
    const at = await until('the backup to be seen', async () => valueOf(await scrape(), series) || null, {
      everyMs: 300,
    });
    expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(120);
    await until(
      'the queue to be empty',
      async () => valueOf(await scrape(), 'backupd_jobs_active{status="pending"}') === 0,
    );
    expect(valueOf(text, 'backupd_semaphore_capacity{kind="io"}')).toBe(2);
    expect(valueOf(text, 'backupd_sites{state="active"}')).toBe(1);
    await until(
      'the alarm to be counted',
      async () => {
        const now = await scrape();
        return valueOf(now, 'backupd_alarms_open{kind="backup.failed",severity="warning"}') === 1;
      },
      { everyMs: 300 },
    );
    const run = `backupd_site_next_run_timestamp_seconds{site_id="${site.id}",site="shop \\"a\\""}`;
    expect(valueOf(await scrape(), run)).toBeNull();
    const schedule = await test.operator.post<{ id: string; nextRun: string }>('/schedules', {
      kind: 'backup',
      scope: 'all',
      rhythm: { every: 'month', days: [1], at: '02:00' },
    });
    // Waits for an hour, and for a minute since it could have begun.
    await sql(
      test,
      `insert into job (id, site_id, site_name, module, kind, status, stages, warnings, backup_id, request, delivery_id, created_at, retry_at)
        select gen_random_uuid(), id, name, module, 'backup', 'pending', '[]', '[]', gen_random_uuid(), '{}', gen_random_uuid(),
          now() - interval '1 hour', now() - interval '1 minute' from site`,
    );
    // With warnings it is no good one.
    const hook = await test.admin.post<{ id: string }>('/hooks', {
      name: 'fails',
      moment: 'before:backup_files',
      siteId: site.id,
      command: ['false'],
    });
    const waiting = await until(
      'the schedule and the job to be seen',
      async () => {
        const now = await scrape();
        return valueOf(now, run) !== null && valueOf(now, 'backupd_jobs_active{status="pending"}') === 1 ? now : null;
      },
      { everyMs: 300 },
    );
    expect(valueOf(waiting, run)).toBe(Date.parse(schedule.nextRun) / 1000);
    expect(valueOf(waiting, 'backupd_queue_oldest_age_seconds')).toBeGreaterThan(59);
    expect(valueOf(waiting, 'backupd_queue_oldest_age_seconds')).toBeLessThan(600);
    await sql(test, `delete from job where status = 'pending'`);
    await site.backUp();
    await until(
      'a partial backup to be counted',
      async () => valueOf(await scrape(), 'backupd_jobs_total{kind="backup",outcome="partial"}') === 1,
      { everyMs: 300 },
    );
    await test.admin.call('DELETE', `/hooks/${hook.id}`);
    await test.operator.post(`/schedules/${schedule.id}/pause`);
    await until('no next run to be told', async () => valueOf(await scrape(), run) === null, { everyMs: 300 });
    await test.admin.call('DELETE', `/schedules/${schedule.id}`);
    await test.admin.post(`/sites/${site.id}/pause`);
    await until('the paused site to be left out', async () => !(await scrape()).includes(site.id), { everyMs: 300 });
  });

  it('are what Prometheus takes, and what its rules and the dashboard ask for', async () => {
    const text = await scrape();
    expect(promtool(['check', 'metrics'], text)).toBe('0: ');
    // Some have no series yet: they wait for a schedule, or for a site that is not paused.
    const known = new Set(namesIn(text.replaceAll(/^# HELP.*$/gm, '')));
    const dashboard = JSON.parse(readFileSync(join(MONITORING, 'grafana-dashboard.json'), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    const exprs = dashboard.panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? []);
    expect(exprs.length).toBeGreaterThan(30);
    const asked = namesIn([...exprs, readFileSync(join(MONITORING, 'rules.yml'), 'utf8')].join('\n'));
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    // And each of ours is shown somewhere.
    const shown = new Set(asked.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    const ours = [...text.matchAll(/^# TYPE (backupd_\S+)/gm)].map(([, name]) => name ?? '');
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
    const rules = exprs.map(
      (expr, n) => `  - record: r${n}\n    expr: ${JSON.stringify(expr.replaceAll('$job', '.*'))}`,
    );
    const file = join(test.folder, 'dashboard.yml');
    writeFileSync(file, ['groups:', '- name: dashboard', '  rules:', ...rules].join('\n'));
    expect(promtool(['check', 'rules', '--lint=none', file])).toMatch(/^0: /);
  });

  it('with rules that are told when they should be', () => {
    expect(promtool(['check', 'rules', 'rules.yml'])).toMatch(/^0: .*SUCCESS: 11 rules/s);
    expect(promtool(['check', 'config', '--syntax-only', 'prometheus.yml'])).toMatch(/^0: /);
    expect(promtool(['test', 'rules', 'rules-test.yml'])).toMatch(/^0: .*SUCCESS/s);
  });
});

it('a scrape of 2,000 sites with 10 backups each takes little', async () => {
  await sql(
    test,
    `delete from site;
      insert into site (id, name, path, module, settings, excludes, overrides, created_at, updated_at)
        select gen_random_uuid(), 'site ' || n, '/srv/www/' || n, 'plain', '{}', '[]', '{}', now(), now() from generate_series(1, 2000) n;
      insert into backup (id, site_id, site_name, module, job_id, bundle_key, bundle_size, bundle_sha256, manifest_key, manifest_size,
          manifest_sha256, file_count, source_bytes, database_bytes, stored_bytes, started_at, created_at)
        select gen_random_uuid(), s.id, s.name, 'plain', gen_random_uuid(), 'sites/' || s.id || '/' || n, 1000, 'x', 'sites/' || s.id || '/m' || n,
            100, 'x', 10, 1000, 0, 1000, now() - n * interval '1 day', now() from site s, generate_series(1, 10) n;
      insert into backup_copy (backup_id, provider_id, state, size, verified_at, created_at)
        select b.id, p.id, 'verified', 1100, now(), now() from backup b, storage_provider p where b.bundle_sha256 = 'x';
      insert into stored_object (provider_id, key, kind, site_id, size, state, created_at)
        select p.id, b.bundle_key, 'bundle', b.site_id, 1000, 'present', now() from backup b, storage_provider p where b.bundle_sha256 = 'x';
      analyze`,
  );
  const took: number[] = [];
  let text = '';
  for (let i = 0; i < 2; i += 1) {
    grownOld();
    const begun = process.cpuUsage();
    text = await scrape();
    const { user, system } = process.cpuUsage(begun);
    took.push((user + system) / 1000);
  }
  expect(text.match(/^backupd_site_last_backup_timestamp_seconds\{/gm)).toHaveLength(2000);
  // Of the processor, as tests run beside each other.
  expect(Math.min(...took)).toBeLessThan(200);
});
