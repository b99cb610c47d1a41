// Writes openapi.json from the build; with --check it only compares, and fails when the committed file is out of date.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, fail, projectNode, root, run } from './lib/project.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const committed = join(root, 'openapi.json');
const isCheck = process.argv.includes('--check');
const folder = mkdtempSync(join(tmpdir(), 'backupd-openapi-'));
const fresh = join(folder, 'openapi.json');
try {
  await ensureBuilt(say);
  const code = await run(projectNode, [join(root, 'dist/src/main.js'), '--openapi', isCheck ? fresh : committed], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (code !== 0) throw new Error('the build could not describe its API');
  if (isCheck && read(fresh) !== read(committed)) {
    say('openapi.json is out of date. Run: npm run openapi');
    process.exitCode = 1;
  }
} catch (error) {
  fail(error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
