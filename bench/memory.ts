import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MariaDbServer } from '../test/support/mariadb.js';
import { TestMaster } from '../test/support/master.js';
import { makeScratch } from '../test/support/scratch.js';
import { WordPressSite } from '../test/support/wordpress.js';
import { type CorpusOptions, generateRows, generateTree, SITE_M } from './corpus.js';

const MIB = 1024 * 1024;

/** Peak memory and time of one job. */
export interface Measured {
  seconds: number;
  /** Highest sum of the resident memory of the master and the children it started for the job, without its PostgreSQL. */
  peakBytes: number;
  /** The same for PostgreSQL. */
  postgresPeakBytes: number;
  storedBytes: number;
  sourceBytes: number;
}

/** Backs a generated site up, verifies and restores it through a master process, and measures its memory. */
export async function measureMemory(
  corpus: CorpusOptions = SITE_M,
  databaseBytes = 400_000_000,
): Promise<Record<'backup' | 'verify' | 'restore', Measured>> {
  const scratch = makeScratch('bench');
  const server = await MariaDbServer.start();
  const account = await server.createDatabase('bench');
  const site = await WordPressSite.install({ root: join(scratch.path, 'site'), database: account, tablePrefix: 'wp_' });
  let master: TestMaster | null = null;
  try {
    generateTree(site.root, corpus);
    await fillDatabase(server, account.database, databaseBytes);
    master = await TestMaster.start({ dataDir: join(scratch.path, 'data') });
    const { id } = await master.api.addSite(site.root);
    const idle = memoryOf(master.pid);
    process.stderr.write(`idle: ${Math.round(idle.own / MIB)} MiB\n`);
    const backup = await measured(master, `/sites/${id}/backups`, {});
    const [made] = await master.api.backups(id);
    if (made === undefined) throw new Error('no backup was catalogued');
    const backupId = made.id;
    const verify = await measured(master, `/backups/${backupId}/verify`, { level: 'full' });
    const restore = await measured(master, `/backups/${backupId}/restore`, {});
    return { backup, verify, restore };
  } finally {
    await master?.stop();
    await site.stop();
    await server.stop();
    scratch.remove();
  }
}

async function fillDatabase(server: MariaDbServer, database: string, bytes: number): Promise<void> {
  const connection = await server.connect({ database });
  try {
    await connection.query("SET SESSION sql_mode = ''");
    for (const statement of generateRows('wp_posts', bytes, 'rows')) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

async function measured(master: TestMaster, path: string, body: Record<string, unknown>): Promise<Measured> {
  const before = performance.now();
  const job = await master.api.post<{ id: string }>(path, body);
  let peak = 0;
  let postgresPeak = 0;
  let stage = '';
  const byStage = new Map<string, number>();
  const timer = setInterval(() => {
    const { own, postgres } = memoryOf(master.pid);
    peak = Math.max(peak, own);
    byStage.set(stage, Math.max(byStage.get(stage) ?? 0, own));
    postgresPeak = Math.max(postgresPeak, postgres);
  }, 50);
  try {
    await master.api.follow(job.id, (event) => {
      if (event.type === 'stage.started') stage = String(event.data['stage']);
    });
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - before) / 1000;
  const ended = await master.api.job(job.id);
  process.stderr.write(`${path}: ${seconds.toFixed(1)} s, ${Math.round(peak / MIB)} MiB`);
  for (const [name, bytes] of byStage) process.stderr.write(` ${name} ${Math.round(bytes / MIB)}`);
  process.stderr.write('\n');
  const result = figures(ended.result);
  if (ended.status !== 'completed') throw new Error(`${path} ${ended.status}: ${JSON.stringify(ended.error)}`);
  return {
    seconds,
    peakBytes: peak,
    postgresPeakBytes: postgresPeak,
    storedBytes: result.storedBytes,
    sourceBytes: result.sourceBytes,
  };
}

function figures(result: unknown): { storedBytes: number; sourceBytes: number } {
  const found = typeof result === 'object' && result !== null ? { ...result } : {};
  return { storedBytes: 0, sourceBytes: 0, ...found };
}

/** Proportional memory of a process tree: shared pages count once. PostgreSQL, which backupd may not run itself, apart. */
function memoryOf(root: number): { own: number; postgres: number } {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readQuietly(`/proc/${name}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    parents.set(Number(name), Number(fields[1]));
  }
  let own = 0;
  let postgres = 0;
  for (const pid of parents.keys()) {
    let up = pid;
    while (up > 1 && up !== root) up = parents.get(up) ?? 0;
    if (up !== root) continue;
    const kib = Number(/^Pss:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
    if (readQuietly(`/proc/${pid}/comm`).startsWith('postgres')) postgres += kib * 1024;
    else own += kib * 1024;
  }
  return { own, postgres };
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** The measurement as a Markdown table. */
export function memoryTable(results: Record<string, Measured>): string {
  const rows = Object.entries(results).map(
    ([name, one]) =>
      `| ${name} | ${one.seconds.toFixed(1)} s | ${Math.round(one.peakBytes / MIB)} MiB | ${Math.round(one.postgresPeakBytes / MIB)} MiB | ${one.sourceBytes === 0 ? '' : `${Math.round(one.sourceBytes / 1e6)} MB`} | ${one.storedBytes === 0 ? '' : `${Math.round(one.storedBytes / 1e6)} MB`} |`,
  );
  return [
    '| job | time | peak memory, backupd and its children | its PostgreSQL | source | stored |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
