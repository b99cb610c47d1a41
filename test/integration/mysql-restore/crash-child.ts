import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { MySqlRestore, type DatabaseMember } from '../../../src/backup-modules/wordpress/db-restore/index.js';
import { connect } from '../../../src/backup-modules/wordpress/mysql/index.js';
import type { MySqlCredentials } from '../../../src/backup-modules/wordpress/types.js';
import type { MemberSpec } from '../../../src/engine/ports/index.js';
import type { ManifestDatabaseInfo } from '../../../src/engine/snapshot/manifest/types.js';

/** What the test tells this process on its standard input. */
export interface CrashOrder {
  target: MySqlCredentials;
  workDir: string;
  safetyDir: string;
  info: ManifestDatabaseInfo;
  members: { spec: MemberSpec; content: string }[];
  /** Kill this process (SIGKILL, by itself) right after the n-th statement was given to the server. */
  dieAt: number;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the test
const order = JSON.parse(readFileSync(0, 'utf8')) as CrashOrder;

async function* members(): AsyncGenerator<DatabaseMember> {
  for (const { spec, content } of order.members)
    yield { ...spec, content: Readable.from([Buffer.from(content, 'base64')]) };
}

const first = await connect(order.target);
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver's own class, patched to count statements
const prototype = Object.getPrototypeOf(first.raw) as { query: (...args: unknown[]) => Promise<unknown> };
const query = prototype.query;
let count = 0;
prototype.query = function counted(this: unknown, ...args: unknown[]): Promise<unknown> {
  count += 1;
  const result = query.apply(this, args);
  // The statement is in the socket's buffer; the server may or may not have begun it.
  if (count === order.dieAt) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  return result;
};
await first.close();
const restore = new MySqlRestore({
  jobId: 'job-1',
  workDir: order.workDir,
  safetyDir: order.safetyDir,
  target: order.target,
  tablePrefix: 'wp_',
  admin: null,
  journal: { progress: () => undefined, warn: () => undefined, note: () => undefined },
  signal: new AbortController().signal,
});
const counts: Record<string, number> = {};
await restore.load(order.info, members());
counts['load'] = count;
await restore.activate();
counts['activate'] = count;
await restore.commit();
counts['commit'] = count;
process.stdout.write(JSON.stringify(counts));
