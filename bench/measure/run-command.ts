import { spawn } from 'node:child_process';
import { endWithTest } from '../../test/support/scratch.js';
import { residentOfTree } from './process-tree.js';

/** What one command line took, as bash's `time` says: real time, and user + system time of it and all it waited for. */
export interface CommandRun {
  seconds: number;
  cpuSeconds: number;
  /** Highest sum of the resident memory of its processes, looked at twice a second. */
  residentBytes: number;
  stdout: string;
}

// In braces: of a bare subshell bash lets the subshell itself report. The command's own output goes where it always goes; only the report of `time` goes to descriptor 3.
const WRAPPER = `TIMEFORMAT='%R %U %S'
exec 4>&2
{ time { ( set -eo pipefail; exec 2>&4 3>&- 4>&-; eval "$1" ); }; } 2>&3
code=$?
exit $code`;

const SAMPLE_MS = 500;
const KEPT_OUTPUT = 4_000_000;

/** Runs a bash script and times it. Throws with its last output when it fails; exit codes in `accept` count as good. */
export async function runTimed(
  script: string,
  options: { accept?: readonly number[]; onStart?: (pid: number) => void } = {},
): Promise<CommandRun> {
  const child = spawn('bash', ['-c', WRAPPER, 'bench', script], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  endWithTest(child);
  options.onStart?.(child.pid ?? 0);
  const texts = child.stdio.map(() => '');
  for (const index of [1, 2, 3])
    child.stdio[index]?.on('data', (chunk: Buffer) => {
      texts[index] = ((texts[index] ?? '') + chunk.toString()).slice(-KEPT_OUTPUT);
    });
  let residentBytes = 0;
  const timer = setInterval(() => {
    residentBytes = Math.max(residentBytes, residentOfTree(child.pid ?? 0));
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(timer));
  const [, stdout = '', stderr = '', report = ''] = texts;
  if (code === null || ![0, ...(options.accept ?? [])].includes(code))
    throw new Error(`A command ended with ${code}:\n${script}\n${(stdout + stderr).slice(-4_000)}`);
  const [real, user, system] = report.trim().split(' ').map(Number);
  if (real === undefined || user === undefined || system === undefined)
    throw new Error(`bash did not tell the time: ${report}`);
  return { seconds: real, cpuSeconds: user + system, residentBytes, stdout };
}

/** Runs a bash script whose time does not matter; its output. */
export async function runPlain(script: string): Promise<string> {
  return (await runTimed(script)).stdout;
}

/** A word for a bash script, whatever is in it. */
export function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
