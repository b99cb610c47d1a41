// `npm run bench`: measures the build.
import { checkSystem, ensureBuilt, ensureInstalled, fail, projectNode, run } from './lib/project.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';

checkSystem();
const say = (line) => process.stderr.write(`${line}\n`);
try {
  ensureInstalled(say);
  ensureSystemPackages(say);
  await ensureBuilt(say);
} catch (error) {
  fail(error);
}
process.exit(await run(projectNode, ['--import', 'tsx', 'bench/main.ts'], { stdio: 'inherit' }));
