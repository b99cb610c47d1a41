import { runRestore } from './crash-scenario.js';

/** Run by crash.spec.ts: restores, and kills itself with SIGKILL right after the given step. */
const [folder = '', scenario = '', killAt = '0'] = process.argv.slice(2);
let step = 0;
await runRestore(folder, scenario, () => {
  step += 1;
  if (step === Number(killAt)) process.kill(process.pid, 'SIGKILL');
});
