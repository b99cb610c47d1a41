import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { AppError, throwIfAborted } from '../../../common/errors/index.js';
import { dumpArguments, type DumpPlan } from '../dump/client-flags.js';
import { runDumpClient } from '../dump/run-dump-client.js';
import {
  connect,
  findClients,
  readServerFacts,
  requireDumpClient,
  withOptionFile,
  type ClientProgram,
  type OptionFile,
  type ServerFacts,
} from '../mysql/index.js';
import type { MySqlRestoreOptions } from './types.js';

const TRAILER = '-- Dump completed';

/** Where the tables go that a restore takes out of use. */
export const safetyDumpPath = (options: MySqlRestoreOptions): string =>
  join(options.safetyDir, options.jobId, 'extra-tables.sql.zst');

/**
 * Keeps tables that a restore takes out of use as `<safety>/<job>/extra-tables.sql.zst` (0600); on disk when it
 * returns. Throws SAFETY_DUMP_FAILED or DUMP_CLIENT_MISSING; the tables are untouched then.
 */
export async function writeSafetyDump(options: MySqlRestoreOptions, tables: readonly string[]): Promise<string> {
  const path = safetyDumpPath(options);
  const partial = `${path}.partial`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const session = await connect(options.target, { signal: options.signal });
  const facts = await closing(session, readServerFacts(session));
  const client = requireDumpClient(await findClients(), facts.vendor);
  try {
    await withOptionFile(options.target, options.workDir, (file) =>
      dump(client, facts, file, options, tables, partial),
    );
    await sync(partial);
    await rename(partial, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throwIfAborted(options.signal);
    throw error;
  }
  return path;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await closing(handle, handle.sync());
}

async function closing<T>(thing: { close(): Promise<void> }, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    await thing.close();
  }
}

/** Takes the safety dump away again: its tables are back. */
export async function removeSafetyDump(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.partial`, { force: true });
  await rmdir(dirname(path)).catch(() => undefined);
}

async function dump(
  client: ClientProgram,
  facts: ServerFacts,
  file: OptionFile,
  options: MySqlRestoreOptions,
  tables: readonly string[],
  partial: string,
): Promise<void> {
  const { database, password } = options.target;
  const plan: DumpPlan = {
    database,
    routines: false,
    events: false,
    history: true,
    hexText: false,
    withoutRows: false,
    ignore: [],
  };
  const running = runDumpClient({
    program: client.path,
    args: [...dumpArguments(client, facts, plan, file.argument), ...tables],
    fd: file.fd,
    env: file.env,
    secrets: [password],
  });
  let tail = '';
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      tail = (tail + chunk.subarray(-200).toString('latin1')).slice(-200);
      done(null, chunk);
    },
  });
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  try {
    const output = createWriteStream(partial, { mode: 0o600 });
    await pipeline(copied(running.chunks()), watch, compress, output, { signal: options.signal });
    const end = await running.ended;
    if (end.code === 0 && tail.includes(TRAILER)) return;
    throw new AppError({
      code: 'SAFETY_DUMP_FAILED',
      kind: 'source',
      message: `The tables made after the backup could not be kept (${client.path.split('/').at(-1)} ended with ${end.code}): ${end.complaint}`,
      hint: 'Nothing was changed. Give the database account the rights to dump its tables, or drop those tables by hand when they are not needed.',
      retry: 'maybe',
      context: { tables: tables.slice(0, 20) },
    });
  } finally {
    await running.stop();
  }
}

/** Chunks that stay as they are: a pipeline holds several at a time. */
async function* copied(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
