import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** Every row of the bench, in the order they run. */
export const ROW_NAMES = [
  'first',
  'latency',
  'unchanged-files',
  'unchanged',
  'restore-files',
  'restore',
  'one-file',
  'check',
  'day2',
  'cold',
  'site-s',
  'site-s-unchanged',
  'memory-files',
  'million',
  'memory-bytes',
  'nodes',
  'nodes-limit',
  'nodes-two-masters',
  'nodes-at-once',
] as const;
export type RowName = (typeof ROW_NAMES)[number];

export interface BenchOptions {
  /** Rounds of paired runs; odd, so that a median is a measured one. */
  runs: number;
  rows: ReadonlySet<RowName>;
  /** A tiny corpus and one round: shows that every row works, measures nothing worth keeping. */
  quick: boolean;
  /** Exit code 1 when a target is missed. */
  strict: boolean;
  /** Also the steps of the memory curves that need 20 and 50 GB of disk. */
  deep: boolean;
  /** Sites of the 200 simulated nodes, and up to how many nodes the row about the limit goes. */
  sites: number;
  mostNodes: number;
  /** Folder for results.json and RESULTS.md. */
  out: string;
  /** Folder for corpus, repositories and servers; about 15 GB. Null: the system's temporary folder. */
  scratch: string | null;
}

export const USAGE = `npm run bench -- [options]
  --runs=3             rounds of paired runs (odd)
  --only=first,day2    only these rows: ${ROW_NAMES.join(', ')}
  --skip=million       all but these
  --quick              tiny corpus, one round: a smoke test
  --deep               memory curve up to 50 GB (needs 60 GB of disk and about ten minutes more)
  --sites=2000         sites of the 200 simulated nodes (a busy or slow machine takes long for all of them)
  --most-nodes=3200    where the row nodes-limit stops at the latest
  --strict             exit code 1 when a target is missed
  --out=<folder>       where results.json and RESULTS.md go (default: bench)
  --scratch=<folder>   where corpus, repositories and servers go, about 25 GB (default: the temporary folder)
`;

/** Reads the arguments. Throws with a sentence for a person. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      only: { type: 'string' },
      skip: { type: 'string' },
      sites: { type: 'string', default: '2000' },
      'most-nodes': { type: 'string', default: '3200' },
      quick: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      deep: { type: 'boolean', default: false },
      out: { type: 'string' },
      scratch: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new Error('Measures the build against restic, Borg and plain tools.');
  const runs = Number(values.runs ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1 || runs % 2 === 0) throw new Error('--runs must be an odd number.');
  const [sites, mostNodes] = [Number(values.sites), Number(values['most-nodes'])];
  if (!(Number.isInteger(sites) && sites > 0 && Number.isInteger(mostNodes)))
    throw new Error('--sites and --most-nodes must be whole numbers.');
  const skipped = values.skip === undefined ? [] : rowNames(values.skip);
  const only = values.only === undefined ? ROW_NAMES : rowNames(values.only);
  if (values.quick && values.out === undefined) throw new Error('--quick needs --out: its figures are not results.');
  return {
    runs,
    rows: new Set(only.filter((name) => !skipped.includes(name))),
    quick: values.quick,
    strict: values.strict,
    deep: values.deep,
    sites,
    mostNodes,
    out: values.out ?? join(import.meta.dirname),
    scratch: values.scratch ?? null,
  };
}

function rowNames(text: string): RowName[] {
  return text.split(',').map((name) => {
    const found = ROW_NAMES.find((known) => known === name);
    if (found === undefined) throw new Error(`There is no row "${name}". Rows: ${ROW_NAMES.join(', ')}`);
    return found;
  });
}
