import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError, asAppError, errnoOf } from '../common/errors/index.js';
import { type AppConfig, DataPaths, loadConfig } from '../config/index.js';
import { readRunInfo, type RunInfo } from '../run-info.js';
import { ApiClient } from './api-client.js';
import { usageError } from './exit-codes.js';
import { send, textOf } from './http.js';

/** A master to talk to. */
export interface Connection {
  api: ApiClient;
  /** It was started for this command and ends with it: jobs must be waited for. */
  embedded: boolean;
  close: () => Promise<void>;
}

const SYSTEM_DATA_DIR = '/var/lib/backupd';
const STARTING_MS = 20_000;

/**
 * The master to use: the one named by BACKUPD_MASTER_URL and BACKUPD_API_KEY; else the one that runs on the data dir; else
 * one started for this command, where it may (`start`). Errors: MASTER_NOT_YOURS, MASTER_UNREACHABLE, MASTER_NOT_RUNNING and those of
 * a start.
 */
export async function connect(
  env: Readonly<Record<string, string | undefined>>,
  remark: (line: string) => void,
  start = true,
): Promise<Connection> {
  const named = namedMaster(env['BACKUPD_MASTER_URL'], env['BACKUPD_API_KEY']);
  if (named !== null) return named;
  const config = loadConfig({ env });
  const configured = namedMaster(config.masterUrl ?? undefined, config.apiKey ?? undefined);
  if (configured !== null) return configured;
  const running = await findRunning(config.paths);
  if (running !== null) return running;
  if (config.paths.root !== SYSTEM_DATA_DIR && env['BACKUPD_DATA_DIR'] === undefined) {
    const system = await findRunning(new DataPaths(SYSTEM_DATA_DIR));
    if (system !== null) return system;
  }
  if (!start) throw notRunning(config.dataDir);
  return startEmbedded(config, remark);
}

function notRunning(dataDir: string): AppError {
  return new AppError({
    code: 'MASTER_NOT_RUNNING',
    kind: 'precondition',
    message: `No backupd runs on this host (data dir ${dataDir}): nothing is backed up by itself.`,
    hint: 'Start it: the service, or `backupd serve`. For one on another host set BACKUPD_MASTER_URL and BACKUPD_API_KEY.',
    retry: 'later',
  });
}

function namedMaster(url: string | undefined, key: string | undefined): Connection | null {
  if (url === undefined || url === '') return null;
  if (key === undefined || key === '')
    throw usageError(
      'BACKUPD_MASTER_URL is set, but BACKUPD_API_KEY is not.',
      'Set BACKUPD_API_KEY to an API token of that server ("backupd tokens add" on its host makes one).',
    );
  return { api: new ApiClient(url.replace(/\/+$/, ''), key), embedded: false, close: async () => {} };
}

/** The master that runs on this data dir, or null when none does. */
async function findRunning(paths: DataPaths): Promise<Connection | null> {
  const info = readRunInfo(paths);
  if (info === null || !(await answers(info))) return null;
  return { api: new ApiClient(info.url, readToken(paths, info)), embedded: false, close: async () => {} };
}

/** A leftover `run.json` of a killed master must not be believed; a live one may be busy for a moment. */
async function answers(info: RunInfo): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(10_000);
    // Read to its end: the connection is then free for what comes next.
    await textOf(await send(`${info.url}/daemon/health`, { method: 'GET', signal }));
    return true;
  } catch {
    return false;
  }
}

function readToken(paths: DataPaths, info: RunInfo): string {
  try {
    return readFileSync(paths.adminToken, 'utf8').trim();
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EACCES' || code === 'EPERM')
      throw new AppError({
        code: 'MASTER_NOT_YOURS',
        kind: 'forbidden',
        message: `backupd runs at ${info.url} as another user: this user may not read ${paths.adminToken}.`,
        hint: 'Run the command as that user (sudo), or set BACKUPD_MASTER_URL and BACKUPD_API_KEY to use a token of your own.',
        retry: 'never',
        cause: error,
      });
    throw new AppError({
      code: 'ADMIN_TOKEN_MISSING',
      kind: 'precondition',
      message: `backupd runs at ${info.url}, but its token file ${paths.adminToken} can't be read (${code ?? 'unknown error'}).`,
      hint: 'Set BACKUPD_MASTER_URL and BACKUPD_API_KEY, or start backupd again: it makes a new token file.',
      retry: 'never',
      cause: error,
    });
  }
}

async function startEmbedded(config: AppConfig, remark: (line: string) => void): Promise<Connection> {
  // Loaded only here: the server's code takes a second that a command to a running master need not spend. The same for the
  // source maps of all modules: a server's log tells where it failed, a command shows no stack.
  process.setSourceMapsEnabled(true);
  const { startMaster } = await import('../master.js');
  try {
    remark(`No backupd is running; starting one for this command (data dir ${config.dataDir}).`);
    const master = await startMaster(config, { host: '127.0.0.1', port: 0, quiet: true });
    const token = master.newAdminToken ?? readFileSync(config.paths.adminToken, 'utf8').trim();
    return { api: new ApiClient(master.url, token), embedded: true, close: () => master.close() };
  } catch (error) {
    if (asAppError(error).code !== 'ALREADY_RUNNING') throw error;
    return waitForOther(config, error);
  }
}

/** Another process was faster and is just starting (or ending): use it when it answers. */
async function waitForOther(config: AppConfig, thrown: unknown): Promise<Connection> {
  for (const end = Date.now() + STARTING_MS; Date.now() < end;) {
    // oxlint-disable-next-line no-await-in-loop -- waiting is the point
    const running = await findRunning(config.paths);
    if (running !== null) return running;
    // oxlint-disable-next-line no-await-in-loop -- waiting is the point
    await pause(250);
  }
  throw thrown;
}
