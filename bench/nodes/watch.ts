import { loadavg } from 'node:os';
import { measureLatency, type Latency } from '../measure/latency.js';
import { cpuOfTree, residentOfProcess } from '../measure/process-tree.js';
import { percentile } from '../measure/statistics.js';
import type { Installation } from './installation.js';
import type { Counted } from './load/messages.js';

const LOOK_MS = 1000;

/** What people and monitoring ask for; the first page where it is a list. */
export const CALLS = ['/sites', '/jobs', '/nodes', '/health/ready', '/metrics'] as const;

/** What was seen while something went on. CPU in percent of one processor. */
export interface Watched {
  seconds: number;
  counted: Counted;
  facts: Record<string, number>;
}

/** Watches masters, database and nodes while the work goes on, and calls the API of the first master unless nobody does. */
export async function watched(there: Installation, work: () => Promise<unknown>, isApiCalled = true): Promise<Watched> {
  const { masters, load, first } = there;
  const total = { counted: await load.call('counted'), memory: 0, connections: 0, load1: 0 };
  const before = { cpu: masters.map(({ pid }) => cpuOfTree(pid)), load: cpuOfTree(load.pid).own };
  const commits = await commitsOf(there);
  const begin = performance.now();
  const look = async (): Promise<void> => {
    total.memory = Math.max(total.memory, ...masters.map(({ pid }) => residentOfProcess(pid)));
    total.connections = Math.max(total.connections, await connectionsOf(there));
    total.load1 = Math.max(total.load1, loadavg()[0] ?? 0);
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  let failures = 0;
  const onFailure = (error: unknown): void => {
    failures += 1;
    process.stderr.write(`  the API failed: ${String(error)}\n`);
  };
  let latencies = new Map<string, Latency>();
  try {
    const urls = CALLS.map((path) => first.url + path);
    const { callEveryMs } = there.scale;
    if (isApiCalled) latencies = await measureLatency(urls, first.token, callEveryMs, work, onFailure);
    else await work();
  } finally {
    clearInterval(timer);
    await looking;
  }
  const seconds = (performance.now() - begin) / 1000;
  const counted = await load.call('counted');
  const cpu = masters.map(({ pid }, index) => {
    const now = cpuOfTree(pid);
    const then = before.cpu[index] ?? { own: 0, postgres: 0 };
    return { own: now.own - then.own, postgres: now.postgres - then.postgres };
  });
  const percent = (cpuSeconds: number): number => (cpuSeconds / seconds) * 100;
  const facts: Record<string, number> = {
    seconds,
    'master CPU %': percent(Math.max(...cpu.map(({ own }) => own))),
    'all masters CPU %': percent(cpu.reduce((sum, { own }) => sum + own, 0)),
    'PostgreSQL CPU %': percent(cpu.reduce((sum, { postgres }) => sum + postgres, 0)),
    'simulated nodes CPU %': percent(cpuOfTree(load.pid).own - before.load),
    'master MB': total.memory / 1e6,
    'database connections': total.connections,
    'requests a second': counted.requests / seconds,
    'transactions a second': ((await commitsOf(there)) - commits) / seconds,
    'load of the machine': total.load1,
    'nodes not online': there.nodes - (await there.online()),
    'failed calls of the API': failures,
    'faults of nodes': Object.values(counted.faults).reduce((sum, count) => sum + count, 0),
    ...spread('heartbeat ms', counted.heartbeatMs),
  };
  for (const [url, { p50, p99, max }] of latencies) {
    const call = `GET ${new URL(url).pathname} ms`;
    Object.assign(facts, { [`${call} p50`]: p50, [`${call} p99`]: p99, [`${call} max`]: max });
  }
  return { seconds, counted, facts };
}

/** Median, 99 of 100, and the most; nothing for no values. */
export function spread(name: string, values: readonly number[]): Record<string, number> {
  const [p50, p99, max] = [percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)];
  return p50 === null || p99 === null || max === null
    ? {}
    : { [`${name} p50`]: p50, [`${name} p99`]: p99, [`${name} max`]: max };
}

async function connectionsOf({ database }: Installation): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name <> 'bench'`,
  );
  return rows[0]?.count ?? 0;
}

async function commitsOf({ database }: Installation): Promise<number> {
  const { rows } = await database.query<{ commits: string }>(
    'select xact_commit + xact_rollback as commits from pg_stat_database where datname = current_database()',
  );
  return Number(rows[0]?.commits ?? 0);
}
