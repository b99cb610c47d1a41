// `npm run demo`: three real WordPress sites, backed up, one of them broken, and the dashboard open on them.
import { checkSystem, ensureBuilt, ensureInstalled, fail, projectNode, run } from './lib/project.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

checkSystem();
const say = (line) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);
const wordpress = [
  'php-cli',
  'php-sqlite3',
  'php-gd',
  'php-mbstring',
  'php-xml',
  'wordpress',
  'wordpress-theme-twentytwentythree',
  'sqlite3',
];
try {
  ensureInstalled(say);
  ensureSystemPackages(
    say,
    args.includes('--screenshots') ? [...wordpress, 'chromium', 'fonts-dejavu-core'] : wordpress,
  );
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
process.exit(await run(projectNode, ['--import', 'tsx', 'test/demo/main.ts', ...args], { stdio: 'inherit' }));
