import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFrom, startPostgres } from '../test/support/postgres.js';
import { commit, machineFacts } from './measure/machine.js';
import { type BenchOptions, readOptions, ROW_NAMES, USAGE } from './options.js';
import { Figures } from './report/figures.js';
import { asMarkdown, inOrder } from './report/markdown.js';
import { loadResults, type Results, saveResults } from './report/results.js';
import { isMissed, judge } from './report/targets.js';
import { ROWS } from './rows/index.js';
import { Toolbox } from './tools/index.js';
import { TOOL_NAMES } from './tools/tool.js';
import { Workshop } from './workshop.js';

const project = join(import.meta.dirname, '..');
/** The program people call; in a checkout it first looks whether the build is current. */
const LAUNCHER = join(project, 'bin/backupd.mjs');
/** The same without that look, so that a test does not begin to build. */
const BUILT = join(project, 'dist/src/cli.js');

async function bench(options: BenchOptions): Promise<void> {
  const postgres = options.quick ? await startPostgres() : null;
  const toolbox = new Toolbox({
    entry: options.quick ? BUILT : LAUNCHER,
    databaseUrl: postgres === null ? null : async () => (await createFrom(postgres.adminUrl, 'template0')).url,
  });
  for (const name of TOOL_NAMES) if (!toolbox.has(name)) process.stderr.write(`${name} is not installed: left out.\n`);
  const scratch = mkdtempSync(join(options.scratch ?? tmpdir(), 'backupd-bench-'));
  // The site's own account passes through it.
  chmodSync(scratch, 0o755);
  const shop = new Workshop(options, toolbox, scratch);
  const cleanUp = async (): Promise<void> => {
    await shop.close();
    await postgres?.stop();
    rmSync(scratch, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    await runRows(shop, toolbox, options);
  } finally {
    await cleanUp();
  }
}

async function runRows(shop: Workshop, toolbox: Toolbox, options: BenchOptions): Promise<void> {
  mkdirSync(options.out, { recursive: true });
  const begin = performance.now();
  for (const row of ROW_NAMES.filter((name) => options.rows.has(name))) {
    const { title, run } = ROWS[row];
    shop.say(`\n${title}   [${Math.round((performance.now() - begin) / 1000)} s]`);
    const measured = await run(shop).catch((error: unknown) => {
      // The other rows are worth having all the same.
      shop.say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      process.exitCode = 1;
      return null;
    });
    if (measured === null) continue;
    const { samples, facts = {} } = measured;
    const result = { row, day: new Date().toISOString().slice(0, 10), commit: commit(), samples, facts };
    const { rows } = loadResults(options.out);
    const machine = { ...machineFacts(), tools: [...toolbox.versions.values()].slice(0, 3).join(', ') };
    // After every row: a bench that is cut off keeps what it has.
    keep(options.out, { machine, rows: inOrder([...rows.filter((one) => one.row !== row), result]) });
  }
  shop.say(`\n[${Math.round((performance.now() - begin) / 1000)} s in all]`);
}

function keep(out: string, results: Results): void {
  saveResults(out, results);
  writeFileSync(join(out, 'RESULTS.md'), asMarkdown(results));
}

function report(options: BenchOptions): void {
  const results = loadResults(options.out);
  process.stdout.write(`\n${asMarkdown(results)}\n`);
  const missed = judge(new Figures(results)).filter((one) => options.rows.has(one.row) && isMissed(one));
  process.stdout.write(`${missed.length} targets missed.\n`);
  if (options.strict && missed.length > 0) process.exitCode = 1;
}

function optionsOrUsage(): BenchOptions | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return null;
  }
}

const options = optionsOrUsage();
if (options !== null) {
  await bench(options);
  report(options);
}
