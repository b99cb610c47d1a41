#!/usr/bin/env node
// The command line. Runs on the project's own Node, whatever the system has; builds first when needed.
import { join } from 'node:path';
import { nodeFlags } from '../scripts/lib/node-flags.mjs';
import { become, checkSystem, continueAs, ensureBuilt, ensureInstalled, fail, root } from '../scripts/lib/project.mjs';

checkSystem();
const say = (line) => process.stderr.write(`backupd: ${line}\n`);
try {
  ensureInstalled(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
const args = process.argv.slice(2);
const cli = join(root, 'dist/src/cli.js');
// The server needs flags that a process must be started with.
if (args[0] === 'serve') become([...nodeFlags, cli, ...args]);
else await continueAs(cli, args);
