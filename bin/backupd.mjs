#!/usr/bin/env node
// The command line. Runs on the project's own Node, whatever the system has; builds first when needed.
import { join } from 'node:path';
import { become, checkSystem, ensureBuilt, ensureInstalled, fail, root } from '../scripts/lib/project.mjs';

checkSystem();
const say = (line) => process.stderr.write(`backupd: ${line}\n`);
try {
  ensureInstalled(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
const args = process.argv.slice(2);
// Source maps take as long to load as the code. A server's log needs them; a command shows no stack.
const flags = args[0] === 'serve' ? ['--enable-source-maps'] : [];
become([...flags, join(root, 'dist/src/cli.js'), ...args]);
