import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { GatedSite, useJobsApp } from '../jobs/jobs-app.js';
import { type ReportDto, Stored } from '../reconcile/reconcile-support.js';

const ROUNDS = 12;
const SITES = 3;
/** A round's jobs tell about as many. */
const EVENTS = 40;

const test = useJobsApp();
const stored = Stored.use(test);
beforeAll(async () => {
  await test.admin.call('PUT', '/retention', { policy: { keepLast: 2 }, graceHours: 0 });
});

/** What kept backups need and the storage does not have as it was written. */
async function lost(): Promise<string[]> {
  const rows = await stored.sql(
    `select b.manifest_key as key, b.manifest_size as size from backup b where b.deleting_at is null union
     select r.bundle_key, r.size from backup_bundle r join backup b on b.id = r.backup_id where b.deleting_at is null`,
  );
  return rows.flatMap(({ key, size }) => {
    const path = stored.path(String(key));
    return existsSync(path) && statSync(path).size === Number(size) ? [] : [String(key)];
  });
}

async function reconcile(actions: string[]): Promise<ReportDto | null> {
  const asked = await test.admin.call<ReportDto>('POST', `/storage/${stored.providerId}/reconciliations`, {
    actions,
    graceDays: 0,
  });
  // One runs already.
  if (asked.status === 409) return null;
  expect(asked.status).toBe(202);
  return stored.ended(asked.body.id);
}

/** Begins things after so many events of the round's jobs: they meet the jobs at every point, however fast the host is. */
class Pace {
  private seen = 0;
  private waiting: { events: number; go: () => void }[] = [];

  async after(events: number): Promise<void> {
    if (events > this.seen) await new Promise<void>((go) => this.waiting.push({ events, go }));
  }

  /** The first of a round begins at once; when a job has ended, nothing waits any more. */
  async backUp(site: GatedSite, events: number): Promise<JobDto> {
    await this.after(events);
    const { id } = await site.start();
    await test.admin.follow(id, () => this.tell(1));
    this.tell(Number.POSITIVE_INFINITY);
    return test.admin.ended(id);
  }

  private tell(events: number): void {
    this.seen += events;
    for (const one of this.waiting) if (one.events <= this.seen) one.go();
    this.waiting = this.waiting.filter((one) => one.events > this.seen);
  }
}

async function pruned(site: GatedSite): Promise<void> {
  expect(await test.admin.call('POST', `/sites/${site.id}/retention/apply`)).toMatchObject({ status: 200 });
}

it('prune, backup and reconcile at the same time, round after round, never lose what a backup needs', async () => {
  const random = new SeededRandom(4711);
  const sites: GatedSite[] = [];
  for (let i = 0; i < SITES; i++) {
    const site = await GatedSite.make(test, `race-${i}`);
    for (let file = 0; file < 8; file++) writeFileSync(join(site.path, `f${file}.bin`), random.bytes(60_000));
    sites.push(site);
  }
  const outcomes = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const pace = new Pace();
    const jobs = sites.map((site, i) => {
      // Old bundles stay partly alive, die slowly, and are stored again.
      writeFileSync(join(site.path, `f${random.below(8)}.bin`), random.bytes(60_000));
      appendFileSync(join(site.path, 'log.txt'), `${round}\n`);
      return pace.backUp(site, i === 0 ? 0 : random.below(12));
    });
    const others = [
      ...sites.map((site) => pace.after(random.below(EVENTS)).then(() => pruned(site))),
      pace.after(random.below(EVENTS)).then(() => reconcile(['adopt', 'mark', 'delete'])),
    ];
    const ended: JobDto[] = await Promise.all(jobs);
    await Promise.all(others);
    for (const job of ended) {
      const how = job.status === 'completed' ? 'completed' : `${job.status} ${job.error?.code ?? ''}`;
      outcomes.set(how, (outcomes.get(how) ?? 0) + 1);
    }
    expect(await lost(), `round ${round}`).toEqual([]);
  }
  expect(Object.fromEntries(outcomes)).toEqual({ completed: ROUNDS * SITES });

  // In peace: what the policy lets go is gone, nothing is left that nobody knows, and what is kept is whole.
  for (const site of sites) await pruned(site);
  for (const site of sites) await pruned(site);
  for (const site of sites) {
    const backups = await test.admin.backups(site.id);
    expect(backups).toHaveLength(2);
    for (const backup of backups) {
      const job = await test.admin.post<JobDto>(`/backups/${backup.id}/verify`);
      expect(await test.admin.ended(job.id)).toMatchObject({ status: 'completed', result: { ok: true } });
    }
  }
  const report = await reconcile([]);
  expect(report).toMatchObject({ status: 'completed', findings: [] });
}, 300_000);
