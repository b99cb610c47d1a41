// Writes openapi.json from the build, and from that the types of the dashboard's client; with --check it only compares, and fails
// when a committed file is out of date.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureBuilt, fail, projectNode, root, run } from './lib/project.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const committed = join(root, 'openapi.json');
const types = join(root, 'src/modules/dashboard/client/api/schema.ts');
const isCheck = process.argv.includes('--check');
const folder = mkdtempSync(join(tmpdir(), 'backupd-openapi-'));
const fresh = join(folder, 'openapi.json');
try {
  await ensureBuilt(say);
  const code = await run(projectNode, [join(root, 'dist/src/main.js'), '--openapi', isCheck ? fresh : committed], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (code !== 0) throw new Error('the build could not describe its API');
  if (isCheck && read(fresh) !== read(committed)) outOfDate('openapi.json');
  const wanted = await typesOf(isCheck ? fresh : committed);
  if (!isCheck) writeFileSync(types, wanted);
  else if (wanted !== read(types)) outOfDate(relative(root, types));
} catch (error) {
  fail(error);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function outOfDate(name) {
  say(`${name} is out of date. Run: npm run openapi`);
  process.exitCode = 1;
}

async function typesOf(file) {
  const { astToString, default: openapiTS } = await import('openapi-typescript');
  const tree = await openapiTS(JSON.parse(read(file)), { alphabetize: true });
  return `// Made from openapi.json by \`npm run openapi\`. Do not edit.\n\n${astToString(tree)}`;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
