import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../../test/support/scratch.js';
import { useTempFolder } from '../testing/temp-folder.js';
import { killLeftChildren, rememberChild } from './children.js';
import { WorkFolder } from './work-folder.js';

/** Neither gone nor only waiting to be reaped. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

const folder = useTempFolder('children');
let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
});

async function sleeper(): Promise<number> {
  child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  await new WorkFolder(folder()).open();
  return child.pid ?? 0;
}

it('ends a child that was left behind, once', async () => {
  const pid = await sleeper();
  await rememberChild(folder(), pid);
  const ended = once(child as ChildProcess, 'exit');
  expect(await killLeftChildren(folder())).toBe(1);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(await killLeftChildren(folder())).toBe(0);
  expect(readdirSync(folder('children'))).toEqual([]);
});

it('ends what the child has started, too', async () => {
  child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer];
  const grandchild = Number(line.toString());
  await new WorkFolder(folder()).open();
  await rememberChild(folder(), child.pid ?? 0);
  expect(await killLeftChildren(folder())).toBe(1);
  await until('the grandchild to go', () => !isRunning(grandchild));
});

it('spares a process that only has the same pid, and one that was forgotten', async () => {
  const pid = await sleeper();
  writeFileSync(folder('children', `${pid}.json`), JSON.stringify({ pid, startTime: '1' }));
  writeFileSync(folder('children', 'x.json'), '{"pid":-1,"startTime":"1"}');
  expect(await killLeftChildren(folder())).toBe(0);
  const forget = await rememberChild(folder(), pid);
  await forget();
  expect(await killLeftChildren(folder())).toBe(0);
  expect(child?.exitCode).toBeNull();
});

it('ends with a process that leads a group all in that group', async () => {
  const leader = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child = leader;
  const [member] = (await once(leader.stdout, 'data')) as [Buffer];
  await rememberChild(folder(), leader.pid ?? 0);
  const ended = once(leader, 'close');
  expect(await killLeftChildren(folder())).toBe(1);
  // Its output closes only when the other one is gone too.
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(Number(member.toString())).toBeGreaterThan(1);
});
