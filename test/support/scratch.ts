import { execFileSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A test's own folder under the system's temporary folder; other users may pass through it (servers run as theirs). */
export function makeScratch(name = 'test', within = tmpdir()): { path: string; remove: () => void } {
  const path = mkdtempSync(join(within, `backupd-${name}-`));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Thrown by a condition that can't become true any more. */
export class GiveUp extends Error {}

/** Waits until the condition gives something truthy; fails after the time with the last error seen. */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  { timeoutMs = 15_000, everyMs = 25 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      last = error;
    }
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms for: ${what}`, { cause: last });
    await pause(everyMs);
  }
}

/** The program's path, or null when it is not installed. */
export function findProgram(...names: string[]): string | null {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v "$1"`, 'sh', name], { encoding: 'utf8' }).trim();
    } catch {
      // not there: try the next name
    }
  }
  return null;
}

/** Numeric user and group of a system account, or null when it does not exist. */
export function accountOf(name: string): { uid: number; gid: number } | null {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

export const isRoot = process.getuid?.() === 0;

/** A loopback TCP port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Ends the child with this test process at the latest, however that ends. */
export function endWithTest(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** Signals the child by its own handle and waits until it has ended. */
export async function stopChild(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMs = 15_000,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
