import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { JobDto } from '../../../src/cli/api-types.js';
import { SeededRandom } from '../../../src/engine/testing/index.js';
import { runSql } from '../../support/postgres.js';
import { until } from '../../support/scratch.js';
import { GatedSite, storedNames, useJobsApp, workFolders } from './jobs-app.js';

const SEED = 20_261_126;
/** What the issue asks for. */
const LIMIT_MS = 5000;

// Slow enough that a third of the moments fall into the upload.
const test = useJobsApp({ limits: { io: 2, network: 2, cpu: 2, bandwidthMbps: 32 } });
const sql = (text: string): Promise<Record<string, unknown>[]> => runSql(test.config.databaseUrl ?? '', text);

/** Cancels the job after the time; what it then is, and how long it took. */
async function cancelAfter(job: JobDto, ms: number): Promise<{ ended: JobDto; tookMs: number }> {
  await pause(ms);
  const began = performance.now();
  const answer = await test.operator.call('POST', `/jobs/${job.id}/cancel`);
  expect([200, 409], `cancelled after ${ms} ms`).toContain(answer.status);
  const ended = await test.admin.ended(job.id, 20_000);
  return { ended, tookMs: performance.now() - began };
}

/** Nothing of any job is left but whole backups. */
async function expectClean(site: GatedSite): Promise<void> {
  await until('the work folders to go', () => workFolders(test).length === 0);
  await until('the marks of litter to go', async () => (await sql('select id from job where litter')).length === 0);
  const backups = await test.admin.backups(site.id);
  const stored = storedNames(test, site.id).filter((name) => name !== 'site.json');
  expect(stored.filter((name) => !backups.some((backup) => name.includes(backup.id)))).toEqual([]);
  expect(stored).toHaveLength(backups.length * 2);
  const partials = join(test.config.paths.storage, '.partial');
  expect(existsSync(partials) ? readdirSync(partials) : []).toEqual([]);
  expect(await sql("select state from pgboss.job where name = 'site-job'")).toEqual([]);
}

/** So many moments spread over a job, as parts of it, the same in every run. */
function moments(count: number): number[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: count }, (_, i) => (i + random.next()) / count);
}

/** From the request to the end. */
const tookAll = ({ createdAt, finishedAt }: JobDto): number => Date.parse(finishedAt ?? '') - Date.parse(createdAt);

describe('a job that is cancelled at any moment ends within 5 s and leaves nothing', () => {
  it('a backup', { timeout: 120_000 }, async () => {
    const site = await GatedSite.make(test, 'cancelled-backups');
    writeFileSync(join(site.path, 'noise.bin'), randomBytes(600_000));
    let wholeMs = tookAll(await site.backUp());
    const seen = new Map<string, number>();
    let longest = 0;
    for (const part of moments(24)) {
      const ms = Math.round(part * wholeMs);
      // All of it anew each time: nothing is left to be compared with.
      for (const { id } of await test.admin.backups(site.id))
        await test.admin.call('DELETE', `/backups/${id}?force=true`);
      const { ended, tookMs } = await cancelAfter(await site.start(), ms);
      longest = Math.max(longest, tookMs);
      seen.set(ended.status, (seen.get(ended.status) ?? 0) + 1);
      // The first one takes longest; one that was done before says how long it takes by now.
      if (ended.status === 'completed') wholeMs = Math.min(wholeMs, tookAll(ended));
      expect(ended.error, `after ${ms} ms`).toBeNull();
      expect(ended.keptUntil).toBeNull();
      await expectClean(site);
    }
    expect(longest).toBeLessThan(LIMIT_MS);
    // How long they take varies: most are met.
    expect(seen.get('cancelled')).toBeGreaterThan(12);
    expect(await site.backUp()).toMatchObject({ status: 'completed' });
  });

  it.each(['verify', 'restore'])('a %s', { timeout: 60_000 }, async (kind) => {
    const site = await GatedSite.make(test, `cancelled-${kind}`);
    const backup = await site.backUp();
    const body = kind === 'verify' ? { level: 'full' } : {};
    const start = (): Promise<JobDto> => test.admin.post<JobDto>(`/backups/${backup.backupId ?? ''}/${kind}`, body);
    const wholeMs = tookAll(await test.admin.ended((await start()).id));
    let longest = 0;
    for (const part of moments(6)) {
      const ms = Math.round(part * wholeMs);
      const { ended, tookMs } = await cancelAfter(await start(), ms);
      longest = Math.max(longest, tookMs);
      expect(ended.error, `after ${ms} ms`).toBeNull();
      await expectClean(site);
      expect(readdirSync(join(site.path, '..')).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(longest).toBeLessThan(LIMIT_MS);
  });

  it('one that only waits for its next attempt', async () => {
    const site = await GatedSite.make(test, 'cancelled-waiting');
    site.fail('create_bundle', { code: 'TEST_BUSY', kind: 'source', retry: 'later', message: 'Busy.' });
    const job = await site.start();
    await until('it to wait', async () => (await test.admin.job(job.id)).retryAt !== null);
    const { ended, tookMs } = await cancelAfter(job, 0);
    expect(tookMs).toBeLessThan(LIMIT_MS);
    expect(ended).toMatchObject({ status: 'cancelled', retryAt: null });
    expect(ended.attempts.map(({ outcome }) => outcome)).toEqual(['postponed']);
    await expectClean(site);
  });
});
