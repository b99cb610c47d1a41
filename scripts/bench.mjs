// `npm run bench`: measures the build against other tools. `npm run bench -- --help` shows the options.
import { checkSystem, ensureBuilt, ensureInstalled, fail, projectNode, run } from './lib/project.mjs';
import { ensureBenchPackages, ensureSystemPackages } from './lib/system-packages.mjs';

checkSystem();
const say = (line) => process.stderr.write(`${line}\n`);
try {
  ensureInstalled(say);
  ensureSystemPackages(say);
  ensureBenchPackages(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
process.exit(
  await run(projectNode, ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)], { stdio: 'inherit' }),
);
