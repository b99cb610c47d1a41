import { throwIfAborted } from '../../../common/errors/index.js';
import { rememberChild } from '../../../engine/runner/index.js';
import { withOptionFile } from '../mysql/index.js';
import { dumpArguments, ignoreOptions } from './client-flags.js';
import type { DumpMySqlOptions } from './dump-mysql.js';
import { runDumpClient, type ClientEnd, type RunningClient } from './run-dump-client.js';
import type { Survey } from './survey.js';

/**
 * Runs the dump program as planned and hands its output on, each chunk only valid until the call is over. The program has ended,
 * and is forgotten, when this returns (how it ended) or throws (JOB_CANCELLED, or what `take` threw).
 */
export async function withClientOutput(
  options: DumpMySqlOptions,
  survey: Survey,
  take: (chunk: Buffer) => Promise<void>,
): Promise<ClientEnd> {
  const { credentials } = options.database;
  const { workDir, signal } = options;
  return withOptionFile(
    credentials,
    workDir,
    async (file) => {
      const client = runDumpClient({
        program: survey.client.path,
        args: dumpArguments(survey.client, survey.server, survey.plan, file.argument),
        fd: file.fd,
        env: file.env,
        secrets: [credentials.password],
      });
      // Not awaited before its output is read: whatever comes of it, the client is ended there.
      const remembered = client.pid === undefined ? null : rememberChild(workDir, client.pid);
      remembered?.catch(() => undefined);
      const end = await consume(client, signal, take);
      await (
        await remembered
      )?.();
      return end;
    },
    ignoreOptions(survey.plan),
  );
}

async function consume(
  client: RunningClient,
  signal: AbortSignal,
  take: (chunk: Buffer) => Promise<void>,
): Promise<ClientEnd> {
  const onAbort = (): void => void client.stop();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    throwIfAborted(signal);
    for await (const chunk of client.chunks()) await take(chunk);
    return await client.ended;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.stop();
  }
}
