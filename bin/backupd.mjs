#!/usr/bin/env node
// The command line. Runs on the project's own Node, whatever the system has; builds first when needed.
import { join } from 'node:path';
import { nodeFlags } from '../scripts/lib/node-flags.mjs';
import { become, checkSystem, ensureBuilt, ensureInstalled, fail, root } from '../scripts/lib/project.mjs';

checkSystem();
const say = (line) => process.stderr.write(`backupd: ${line}\n`);
try {
  ensureInstalled(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
become([...nodeFlags, join(root, 'dist/src/cli.js'), ...process.argv.slice(2)]);
