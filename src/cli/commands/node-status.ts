import { AppError } from '../../common/errors/index.js';
import type { AppConfig } from '../../config/index.js';
import type { NodeStatusFile } from '../../modules/node-link/index.js';
import { ExitCode } from '../exit-codes.js';
import { printable } from '../format.js';
import { isAlive, readNodeStatus } from '../node-status.js';
import type { Output } from '../output.js';

const WORDS = {
  connecting: 'connecting: the master has not answered yet',
  online: 'connected',
  away: 'the master does not answer; running work goes on',
  refused: 'the master refuses this node',
  stopped: 'not running',
} as const;

/** How the node on this host is. Error: NODE_NOT_RUNNING when none ever ran here. */
export function showNodeStatus(output: Output, config: AppConfig): ExitCode {
  const status = readNodeStatus(config.paths);
  if (status === null) throw notRunning(config.dataDir);
  const state = isAlive(status) ? status.state : 'stopped';
  output.data({ ...status, state });
  output.facts([
    ['state', WORDS[state]],
    ['node', printable(status.name ?? '–')],
    ['master', printable(status.master)],
    ['last contact', status.lastContactAt ?? 'never'],
    ['running jobs', status.runs.map(({ jobId }) => jobId).join(', ') || 'none'],
    ['since', `${status.startedAt} (version ${printable(status.version)}, process ${status.pid})`],
    ...errorLines(status),
  ]);
  if (state === 'online') return ExitCode.Ok;
  return state === 'away' || state === 'connecting' ? ExitCode.Warnings : ExitCode.Failed;
}

function errorLines({ lastError }: NodeStatusFile): [string, string][] {
  if (lastError === null) return [];
  const { code, message, hint, at } = lastError;
  const told: [string, string] = ['last error', `${printable(message)} [${code}] ${at}`];
  return hint === null ? [told] : [told, ['', printable(hint)]];
}

function notRunning(dataDir: string): AppError {
  return new AppError({
    code: 'NODE_NOT_RUNNING',
    kind: 'precondition',
    message: `No node runs on this host (data dir ${dataDir}).`,
    hint: 'Join a master (`backupd node join <url>`), then start the service. For another data dir give --data-dir.',
    retry: 'never',
  });
}
