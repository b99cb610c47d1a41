import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

/** What a figure depends on; nothing that names this machine. */
export function machineFacts(): Record<string, string> {
  const processor = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
  return {
    processors: `${availableParallelism()}${processor === undefined ? '' : ` (${processor})`}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: /^\S+ version (\d+\.\d+)/.exec(readFileSync('/proc/version', 'utf8'))?.[1] ?? 'unknown',
    node: process.version,
    mariadb: firstLine('mariadb', '--version').replace(/^.*?(\d+\.\d+\.\d+)-MariaDB.*$/, '$1'),
    zstd: /v[\d.]+/.exec(firstLine('zstd', '--version'))?.[0] ?? 'unknown',
    tar: firstLine('tar', '--version'),
  };
}

/** The commit that is measured, with a mark when the tree differs from it. */
export function commit(): string {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
    const id = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
    const changes = execFileSync('git', ['status', '--porcelain', '--', '../src', '../bin'], options).trim();
    return changes === '' ? id : `${id}+`;
  } catch {
    return 'unknown';
  }
}

function firstLine(program: string, option: string): string {
  return execFileSync(program, [option], { encoding: 'utf8' }).split('\n')[0] ?? '';
}
