import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asAppError, tellCrashesInSourceLines } from './common/errors/index.js';
import { version } from './common/version.js';
import { AppConfig, loadConfig, STOP_LIMIT_SECONDS } from './config/index.js';
import type { Master } from './master.js';
import { complain, stopOnSignals } from './process-end.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The server process: `main.js` serves; `main.js --openapi <file>` writes the API's description and ends. */
async function main(args: readonly string[]): Promise<void> {
  tellCrashesInSourceLines();
  if (args[0] === '--openapi') {
    await writeDescription(args[1] ?? 'openapi.json');
    return;
  }
  const config = loadConfig();
  for (const note of config.notes) say(note);
  // One thread waits in each call to a disk, and a mount that never answers keeps its own: with the four that Node has by itself a few of
  // those would hold up every other site. Read at the first use, which comes later.
  // oxlint-disable-next-line node/no-process-env -- it is libuv's setting, not ours
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  // As the command line does; see cli.ts.
  enableCompileCache(join(import.meta.dirname, '../.compile-cache'));
  // Only now: a fault in the configuration is told at once, before all the rest is loaded.
  if (config.mode === 'node') {
    await runNode(config);
    return;
  }
  const [{ startMaster }, { returnFreedMemory }] = await Promise.all([
    import('./master.js'),
    import('./engine/native/allocator.js'),
  ]);
  returnFreedMemory();
  const master = await startMaster(config);
  greet(config, master);
  // At its end it may be killed; nothing is written when all is there.
  flushCompileCache();
  stopOnSignals(() => master.close(), config.patience.stopGraceSeconds + STOP_LIMIT_SECONDS);
}

async function runNode(config: AppConfig): Promise<void> {
  const [{ startNode }, { returnFreedMemory }] = await Promise.all([
    import('./node.js'),
    import('./engine/native/allocator.js'),
  ]);
  returnFreedMemory();
  const node = await startNode(config);
  say(`backupd ${version} is running as a node`);
  say(`  master      ${node.master}`);
  say(`  data dir    ${config.dataDir}`);
  flushCompileCache();
  stopOnSignals(() => node.close(), config.patience.stopGraceSeconds + STOP_LIMIT_SECONDS);
}

function greet(config: AppConfig, master: Master): void {
  const where = config.host === '0.0.0.0' || config.host === '::' ? ' (and on every address of this host)' : '';
  say(`backupd ${version} is running`);
  say(`  dashboard   ${config.publicUrl ?? master.url}${where}`);
  say(`  API         ${master.url}`);
  say(`  docs        ${master.url}/docs`);
  say(`  data dir    ${config.dataDir}`);
  say(`  admin token ${config.paths.adminToken}`);
  if (master.setupUrl !== null) {
    say('');
    say(
      'Nobody can sign in yet. Open this link to make the first account; it works until there is one, or the next start:',
    );
    say(`  ${master.setupUrl}`);
  }
  if (master.newAdminToken !== null) {
    say('');
    say(`This is the first start. The admin token for programs, shown this once: ${master.newAdminToken}`);
    if (config.secretKey === null)
      say(
        'Keep a copy of the secret key where this server is not (`backupd secrets export <file>`): a lost server needs it.',
      );
  }
}

/** Needs no database: nothing of it is started. */
async function writeDescription(file: string): Promise<void> {
  const [{ createHttpApp }, { describeApi }] = await Promise.all([import('./http-app.js'), import('./openapi.js')]);
  const dataDir = await mkdtemp(join(tmpdir(), 'backupd-openapi-'));
  try {
    const config = AppConfig.of({ dataDir, databaseUrl: 'postgresql://localhost/none' });
    const app = await createHttpApp(config, { quiet: true });
    await writeFile(file, `${JSON.stringify(describeApi(app), null, 2)}\n`);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  complain(error);
  process.exit(asAppError(error).kind === 'usage' ? 2 : 1);
}
