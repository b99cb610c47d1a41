import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from '../../scripts/lib/node-flags.mjs';
import { bundle, dist } from '../../scripts/lib/bundle.mjs';

const sources = join(import.meta.dirname, '../integration');
const entry = join(dist, 'children/child-master.js');

/** Joined into few files, as the build is: each start of the loose ones took 3.9 s of CPU, now 1.6 s. Once for each build. */
export async function buildChildMaster(): Promise<void> {
  const from = ['jobs/child-master.mjs', 'jobs/plain-module.mjs', 'schedules/tiny-module.mjs'].map((name) =>
    join(sources, name),
  );
  const made = changedAt(entry);
  if ([join(dist, 'src/main.js'), ...from].every((file) => changedAt(file) < made)) return;
  await bundle({ 'children/child-master': join(sources, 'jobs/child-master.mjs') }, 'children');
}

/** A master with the tests' backup modules added, as a process that may be killed. Arguments: its settings (JSON), and what it is told more. */
export function spawnChildMaster(...args: string[]): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(dist, '.compile-cache') },
  });
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
