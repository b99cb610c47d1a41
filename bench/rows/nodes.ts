import { Installation, type Scale } from '../nodes/installation.js';
import { due, idle } from '../nodes/phases.js';
import type { Workshop } from '../workshop.js';
import type { Measured, Row } from './row.js';

/** Calls of the API are those of people and dashboards, not a load of their own. */
const SCALE: Scale = { nodes: 200, sites: 2000, stageMs: 500, callEveryMs: 100 };
const QUICK: Scale = { nodes: 10, sites: 4, stageMs: 20, callEveryMs: 400 };
const SITES_PER_NODE = 10;
const IDLE_SECONDS = 30;
/** 2,000 sites of a schedule are spread over three minutes, fewer over less: as many are due in a second. */
const DUE_PER_SECOND = 2000 / 180;
/** Nodes after each step. */
const STEPS = [400, 800, 1600, 3200];
const STEP_SECONDS = 20;
/** An API that takes longer for one call of a hundred is of no use any more. */
const TOO_SLOW_MS = 1000;

/** 200 nodes with 2,000 sites at one master: at rest, and with a schedule for all sites. */
export const nodes: Row = (shop) => measured(shop, (there, bench) => phases(there, bench, shop));

/** The same at two masters behind one database; every request of a node goes to the other one. */
export const nodesTwoMasters: Row = (shop) =>
  measured(shop, async (there, bench) => {
    await there.addMaster();
    await phases(there, bench, shop);
  });

/** All sites due in the same moment: what a schedule without jitter does. */
export const nodesAtOnce: Row = (shop) =>
  measured(shop, async (there, bench) => {
    const { quick: hurried } = shop.options;
    await bench('schedule, all at once', () => due(there, { overSeconds: 0, hurried }));
  });

/** More and more nodes at rest, until the master no longer keeps up. */
export const nodesLimit: Row = (shop) =>
  measured(shop, async (there, bench) => {
    for (const step of shop.options.quick
      ? [there.nodes + 2]
      : STEPS.filter((most) => most <= shop.options.mostNodes)) {
      await there.grow(step - there.nodes, (step - there.nodes) * SITES_PER_NODE);
      const facts = await bench(`idle, ${step} nodes`, () => idle(there, secondsOf(shop, STEP_SECONDS)));
      const slow = Math.max(...Object.entries(facts).flatMap(([name, ms]) => (/^GET .* p99$/.test(name) ? [ms] : [])));
      if (slow > TOO_SLOW_MS || (facts['nodes not online'] ?? 0) > 0) break;
    }
  });

type Bench = (phase: string, run: () => Promise<Record<string, number>>) => Promise<Record<string, number>>;

async function phases(there: Installation, bench: Bench, shop: Workshop): Promise<void> {
  const hurried = shop.options.quick;
  if (!hurried) await bench('at rest', () => idle(there, IDLE_SECONDS, false));
  await bench('at rest, API called', () => idle(there, secondsOf(shop, STEP_SECONDS)));
  const overSeconds = hurried ? 0 : Math.round(there.sites / DUE_PER_SECOND);
  await bench('schedule with jitter', () => due(there, { overSeconds, hurried }));
}

async function measured(
  shop: Workshop,
  run: (there: Installation, bench: Bench) => Promise<unknown>,
): Promise<Measured> {
  const scale = scaleOf(shop);
  const all: Record<string, number> = {};
  const there = await Installation.start(shop, scale);
  try {
    await there.grow(scale.nodes, scale.sites);
    shop.say(`  ${there.joinedPerSecond.toFixed(0)} nodes joined a second`);
    await run(there, async (phase, measure) => {
      const facts = await measure();
      shop.say(`  ${phase}: ${summary(facts)}`);
      // A job that two nodes have, or one of them twice, is no slow figure but a fault.
      for (const name of ['taken twice', 'started more than once'])
        if ((facts[name] ?? 0) > 0) throw new Error(`${facts[name]} jobs were ${name}`);
      for (const [name, figure] of Object.entries(facts)) all[`${phase} | ${name}`] = figure;
      return facts;
    });
  } finally {
    await there.stop();
  }
  return { samples: {}, facts: all };
}

const scaleOf = ({ options }: Workshop): Scale => (options.quick ? QUICK : { ...SCALE, sites: options.sites });
const secondsOf = (shop: Workshop, seconds: number): number => (shop.options.quick ? 2.2 : seconds);

function summary(facts: Record<string, number>): string {
  return Object.entries(facts)
    .map(([name, figure]) => `${name} ${figure.toFixed(1).replace(/\.0$/, '')}`)
    .join(', ');
}
