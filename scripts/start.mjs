// `npm start`: from a clean clone to a running master in one command; quick the second time.
import { join } from 'node:path';
import { nodeFlags } from './lib/node-flags.mjs';
import { become, checkSystem, ensureBuilt, ensureInstalled, fail, root } from './lib/project.mjs';

checkSystem();
const say = (line) => process.stderr.write(`${line}\n`);
try {
  ensureInstalled(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
become([...nodeFlags, join(root, 'dist/src/main.js'), ...process.argv.slice(2)]);
