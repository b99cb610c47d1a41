import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asBug, type Bug, BUGS } from '../../support/sim/bugs.js';
import { realTime, running } from '../../support/sim/world.js';
import { type Outcome, Simulation } from '../../support/sim/simulation.js';

// Every outside call of the code under test becomes one that waits for its turn. See docs/simulation.md.
const replaced = vi.hoisted(() => async () => import('../../support/sim/replaced.js'));
vi.mock('node:fs', async (real) => (await replaced()).simFs(await real()));
vi.mock('node:fs/promises', async (real) => (await replaced()).simFsPromises(await real()));
vi.mock('node:zlib', async (real) => (await replaced()).simZlib(await real()));
vi.mock('node:crypto', async (real) => (await replaced()).simCrypto(await real()));
vi.mock('node:timers/promises', async (real) => (await replaced()).simTimers(await real()));
vi.mock('uuid', async (real) => (await replaced()).simUuid(await real()));

/** Of both halves together. */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 2000);
/** The first seed; with SIM_SEED only that one is run. */
const FROM = Number(process.env['SIM_FROM'] ?? 1);
const ONE = process.env['SIM_SEED'];
const BUG = asBug(process.env['SIM_BUG']);
const LONG_MS = 1_800_000;

let simulation: Simulation | null = null;
beforeAll(async () => {
  Logger.overrideLogger(false);
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'] });
  const { random } = Math;
  vi.spyOn(Math, 'random').mockImplementation(() => running.getStore()?.world.random.next() ?? random());
  simulation = await Simulation.open((now) => vi.setSystemTime(now));
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await simulation?.close();
});

async function run(seed: number, bug: Bug | null): Promise<Outcome> {
  if (simulation === null) throw new Error('The simulation is not open.');
  return simulation.run(seed, bug);
}

/** How to see it again, what is wrong, and all that happened. */
function told({ seed, faults, log }: Outcome): string {
  const settings = `SIM_SEED=${seed}${BUG === null ? '' : ` SIM_BUG=${BUG}`}`;
  const again = `${settings} npm test -- --project simulation`;
  return [`Seed ${seed} breaks a rule. Again: ${again}`, ...faults, 'What happened:', ...log].join('\n');
}

/** Runs the seeds of one half, so that two workers share them; `SIM_SEED` alone is run by the first. */
export function keepsRules(half: 0 | 1): void {
  it.skipIf(ONE !== undefined && half === 1)(
    'keeps rules 1 to 5 whatever fails and whenever it dies',
    { timeout: LONG_MS },
    async () => {
      const started = realTime();
      const size = Math.ceil(SEEDS / 2);
      const first = ONE === undefined ? FROM + half * size : Number(ONE);
      const count = ONE === undefined ? Math.min(size, SEEDS - half * size) : 1;
      let calls = 0;
      for (let seed = first; seed < first + count; seed++) {
        const outcome = await run(seed, BUG);
        calls += outcome.calls;
        expect(outcome.faults, told(outcome)).toEqual([]);
      }
      const seconds = Math.round((realTime() - started) / 100) / 10;
      process.stderr.write(`Simulation: ${count} seeds from ${first}, ${calls} outside calls, ${seconds} s.\n`);
    },
  );
}

/** What the simulation itself must be able to do. */
export function findsBugs(): void {
  describe.skipIf(ONE !== undefined || BUG !== null)('the simulation itself', () => {
    it('does the same again for the same seed', { timeout: LONG_MS }, async () => {
      for (const seed of [3, 14, 159]) {
        const { trace, calls } = await run(seed, null);
        expect(await run(seed, null)).toMatchObject({ trace, calls });
      }
    });

    it.each(BUGS)('finds the planted bug "%s"', { timeout: LONG_MS }, async (bug) => {
      let outcome = await run(1, bug);
      for (let seed = 2; outcome.faults.length === 0 && seed <= SEEDS; seed++) outcome = await run(seed, bug);
      expect(outcome.faults).not.toEqual([]);
      expect(outcome.faults.join(), told(outcome)).not.toContain('the simulation itself failed');
      process.stderr.write(`Simulation: "${bug}" is found by seed ${outcome.seed}: ${outcome.faults[0] ?? ''}\n`);
    });
  });
}
