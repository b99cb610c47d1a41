// `npm test`: everything, on a clean machine: packages, system packages, build, checks, all test projects.
// Arguments go to vitest (`npm test -- --project unit src/engine`); the checks run only without arguments.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSystem, ensureBuilt, ensureInstalled, fail, projectNode, root, run } from './lib/project.mjs';
import { ensureBenchPackages, ensureSystemPackages } from './lib/system-packages.mjs';

checkSystem();
const say = (line) => process.stdout.write(`${line}\n`);
const vitestArgs = process.argv.slice(2);
try {
  ensureInstalled(say);
  ensureSystemPackages(say);
  if (vitestArgs.length === 0) ensureBenchPackages(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}

const failedChecks = [];
if (vitestArgs.length === 0) {
  for (const [name, script] of [
    ['types', 'typecheck'],
    ['lint', 'lint'],
    ['format', 'format:check'],
    ['boundaries', 'boundaries'],
  ]) {
    say(`── ${name}`);
    if ((await run('npm', ['run', '-s', script], { stdio: ['ignore', 'inherit', 'inherit'] })) !== 0)
      failedChecks.push(name);
  }
  if (existsSync(join(root, 'scripts/openapi.mjs'))) {
    say('── openapi.json');
    const code = await run(projectNode, ['scripts/openapi.mjs', '--check'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (code !== 0) failedChecks.push('openapi.json (run: npm run openapi)');
  }
  say('── tests');
}

const reports = mkdtempSync(join(tmpdir(), 'backupd-report-'));
const report = join(reports, 'vitest.json');
const code = await run(
  projectNode,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...vitestArgs,
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
const { passed, failed, skipped } = totals(report);
rmSync(reports, { recursive: true, force: true });
for (const name of failedChecks) say(`check failed: ${name}`);
const isGood = code === 0 && failed === 0 && passed > 0 && failedChecks.length === 0;
if (!isGood && failed === 0 && failedChecks.length === 0) say(`vitest ended with ${code}`);
say(`tests: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(isGood ? 0 : 1);

/** Counts tests; a file that failed before any test of it could count as one failure. */
function totals(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const brokenFiles = result.testResults.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + brokenFiles,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
