import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import { sample } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../../../engine/testing/index.js';
import { evaluateConfig, type ConfigValue } from './evaluate.js';
import { config, GIVEN_ENV, HIDDEN_ENV, INCLUDED } from '../../../../test/support/php-grammar.js';
import { askPhp, decodeAnswer } from '../../../../test/support/php-oracle.js';

const BATCH = 250;

/** What is wrong, if anything; and how much was known. */
function compare(file: string): { faults: string[]; known: number; all: number } {
  if (!existsSync(`${file}.json`)) return { faults: [], known: 0, all: 0 };
  const php = decodeAnswer(readFileSync(`${file}.json`, 'utf8'));
  const ours = evaluateConfig(file, { roots: [join(file, '..')], environment: GIVEN_ENV });
  const faults: string[] = [];
  const counts = { known: 0, all: 0 };
  if (!php.finished) return { faults, ...counts };
  const check = (name: string, real: unknown, isSet: boolean, value: ConfigValue | undefined): void => {
    counts.all++;
    if (value === undefined) {
      if (isSet) faults.push(`${name}: PHP has ${inspect(real)}, we say it is not there`);
      else counts.known++;
      return;
    }
    if (!value.known) return;
    counts.known++;
    if (!isSet || !isDeepStrictEqual(real, value.value))
      faults.push(`${name}: PHP ${isSet ? inspect(real) : '(none)'}, we say ${inspect(value.value)}`);
  };
  for (const [name, real] of php.constants) check(name, real, true, ours.constant(name));
  for (const name of ours.constants.keys())
    if (!php.constants.has(name)) check(name, undefined, false, ours.constant(name));
  check('$table_prefix', php.tablePrefix, php.tablePrefix !== null, ours.variable('table_prefix'));
  return { faults, ...counts };
}

describe.runIf(requires('php'))('wp-config evaluation against real PHP', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'backupd-php-')));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  function write(name: string, source: string): string {
    const folder = join(scratch, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(INCLUDED)) writeFileSync(join(folder, file), content);
    const file = join(folder, 'wp-config.php');
    writeFileSync(file, source, 'latin1');
    return file;
  }

  it('is never wrong: each constant is equal or unknown', () => {
    const seed = Number(globalThis.process.env['BACKUPD_FC_SEED'] ?? 20_260_211);
    const runs = Number(globalThis.process.env['BACKUPD_FC_RUNS'] ?? 600);
    const sources = sample(config, { seed, numRuns: runs });
    let known = 0;
    let all = 0;
    const wrong: string[] = [];
    for (let from = 0; from < sources.length; from += BATCH) {
      const files = sources.slice(from, from + BATCH).map((source, i) => write(`c${from + i}`, source));
      askPhp(scratch, files, { ...GIVEN_ENV, ...HIDDEN_ENV });
      for (const [i, file] of files.entries()) {
        const result = compare(file);
        known += result.known;
        all += result.all;
        if (result.faults.length > 0) wrong.push(`${result.faults.join('\n')}\n${sources[from + i] ?? ''}`);
      }
    }
    expect(wrong.slice(0, 3).join('\n=====\n')).toBe('');
    // The answer "unknown" to everything would be right and useless.
    expect(all).toBeGreaterThan(runs);
    expect(known / all).toBeGreaterThan(0.5);
  }, 120_000);
});
