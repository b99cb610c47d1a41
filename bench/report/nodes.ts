import type { RowName } from '../options.js';
import type { Results } from './results.js';

/** Rows whose facts are told by phases: `phase | figure`. */
const ROWS: Partial<Record<RowName, string>> = {
  nodes: 'one master',
  'nodes-limit': 'one master, more and more nodes',
  'nodes-two-masters': 'two masters',
  'nodes-at-once': 'one master, all sites due at once',
};

export const isOfNodes = (row: RowName): boolean => ROWS[row] !== undefined;

/** A table for each row about nodes: its figures line by line, its phases side by side. */
export function nodesSection(results: Results, table: (head: string[], rows: string[][]) => string): string {
  const parts = results.rows.flatMap(({ row, facts }) => {
    const title = ROWS[row];
    if (title === undefined) return [];
    const figures = new Map<string, Map<string, number>>();
    const phases = new Set<string>();
    for (const [name, figure] of Object.entries(facts)) {
      const [phase = '', what = ''] = name.split(' | ');
      phases.add(phase);
      figures.set(what, (figures.get(what) ?? new Map<string, number>()).set(phase, figure));
    }
    const lines = [...lineNames(figures.keys())].map((line) => [
      line,
      ...[...phases].map((phase) => cell(figures, line, phase)),
    ]);
    return [`### ${title}\n\n${table(['', ...phases], lines)}`];
  });
  return parts.join('\n\n');
}

const SPREAD = / (p50|p99|max)$/;

/** One line for a figure, or for the three of its distribution. */
function lineNames(names: Iterable<string>): Set<string> {
  return new Set([...names].map((name) => name.replace(SPREAD, '')));
}

function cell(figures: ReadonlyMap<string, ReadonlyMap<string, number>>, line: string, phase: string): string {
  const of = (name: string): number | undefined => figures.get(name)?.get(phase);
  const single = of(line);
  if (single !== undefined) return short(single);
  const three = ['p50', 'p99', 'max'].map((name) => of(`${line} ${name}`));
  return three.every((each) => each === undefined)
    ? ''
    : three.map((each) => (each === undefined ? '' : short(each))).join(' / ');
}

const short = (figure: number): string =>
  Number(figure.toFixed(figure < 10 ? 1 : 0)).toLocaleString('en', { maximumFractionDigits: 1 });
