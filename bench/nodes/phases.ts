import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../test/support/scratch.js';
import type { Installation } from './installation.js';
import { spread, watched, type Watched } from './watch.js';

/** A slot must be so far away that the schedule is in force before it comes. */
const LEAD_MS = 15_000;
const PATIENCE_MS = 900_000;
/** A slot that is brought forward must not come by itself meanwhile. */
const FAR_MS = 6 * 3_600_000;

interface JobRow {
  id: string;
  site_id: string;
  status: string;
  attempt: number;
  created_at: Date;
  taken_at: Date | null;
  finished_at: Date | null;
  starts: number;
}

/** Nothing is due. */
export async function idle(there: Installation, seconds: number, isApiCalled = true): Promise<Record<string, number>> {
  return shown(there, await watched(there, () => pause(seconds * 1000), isApiCalled));
}

/** All sites become due, spread over so many seconds; until the last job has ended. `hurried`: now, and not at a full minute. */
export async function due(
  there: Installation,
  { overSeconds, hurried }: { overSeconds: number; hurried: boolean },
): Promise<Record<string, number>> {
  const slot = new Date(Math.ceil((Date.now() + (hurried ? FAR_MS : LEAD_MS)) / 60_000) * 60_000);
  let dues = await there.schedule(slot, overSeconds);
  if (!hurried) await pause(Math.max(0, slot.getTime() - Date.now() - 1000));
  const since = new Date();
  const seen = await watched(there, async () => {
    if (hurried) dues = await there.hurry();
    await until('all backups to end', async () => (await endedSince(there, since)) >= there.sites, {
      timeoutMs: PATIENCE_MS,
      everyMs: 500,
    });
  });
  const all: Record<string, number> = { ...shown(there, seen), ...(await times(there, since, dues)), ...takings(seen) };
  const perJob = (cpu: string): number => ((all[cpu] ?? 0) / 100) * (seen.seconds / (all['jobs'] ?? 1)) * 1000;
  return {
    ...all,
    'due within s': overSeconds,
    'backups a second': (all['completed'] ?? 0) / seen.seconds,
    'CPU ms of masters per backup': perJob('all masters CPU %'),
    'CPU ms of PostgreSQL per backup': perJob('PostgreSQL CPU %'),
  };
}

function shown(there: Installation, { facts, counted }: Watched): Record<string, number> {
  const faults = Object.entries(counted.faults);
  if (faults.length > 0) process.stderr.write(`  faults: ${faults.map(([name, n]) => `${name} ${n}`).join(', ')}\n`);
  return { masters: there.masters.length, nodes: there.nodes, sites: there.sites, ...facts };
}

async function endedSince({ database }: Installation, since: Date): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from job where created_at >= $1 and status not in ('pending', 'running')`,
    [since],
  );
  return rows[0]?.count ?? 0;
}

/** What became of each job, and when. */
async function times(
  { database }: Installation,
  since: Date,
  dues: ReadonlyMap<string, Date>,
): Promise<Record<string, number>> {
  const { rows } = await database.query<JobRow>(
    `select id, site_id, status, attempt, created_at, taken_at, finished_at,
        (select count(*) from job_event e where e.job_id = job.id and e.type = 'job.started')::int as starts
      from job where created_at >= $1`,
    [since],
  );
  const seconds = (from: (row: JobRow) => Date | null | undefined, to: (row: JobRow) => Date | null): number[] =>
    rows.flatMap((row) => {
      const [begin, end] = [from(row), to(row)];
      return begin instanceof Date && end instanceof Date ? [(end.getTime() - begin.getTime()) / 1000] : [];
    });
  const dueAt = (row: JobRow): Date | undefined => dues.get(row.site_id);
  return {
    jobs: rows.length,
    completed: rows.filter(({ status }) => status === 'completed').length,
    'started more than once': rows.filter(({ starts, attempt }) => starts !== 1 || attempt !== 1).length,
    ...spread(
      'due to made s',
      seconds(dueAt, (row) => row.created_at),
    ),
    ...spread(
      'made to taken s',
      seconds(
        (row) => row.created_at,
        (row) => row.taken_at,
      ),
    ),
    ...spread(
      'due to taken s',
      seconds(dueAt, (row) => row.taken_at),
    ),
    ...spread(
      'taken to ended s',
      seconds(
        (row) => row.taken_at,
        (row) => row.finished_at,
      ),
    ),
  };
}

/** What the nodes say: each job was given to one of them, once. */
function takings({ counted }: Watched): Record<string, number> {
  const runs = new Map<string, number>();
  for (const { jobId } of counted.taken) runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
  return {
    'taken by nodes': counted.taken.length,
    'taken twice': [...runs.values()].filter((count) => count > 1).length,
    ...spread('upload and commit ms', counted.uploadMs),
  };
}
