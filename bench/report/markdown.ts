import { ROW_NAMES, type RowName } from '../options.js';
import { ROWS } from '../rows/index.js';
import { TOOL_NAMES } from '../tools/tool.js';
import { Figures } from './figures.js';
import { isOfNodes, nodesSection } from './nodes.js';
import type { Results } from './results.js';
import { isMissed, judge, type Judged, label } from './targets.js';

/** The results as a page: targets, all medians, curves. */
export function asMarkdown(results: Results): string {
  const figures = new Figures(results);
  const parts = [
    '# Last run',
    'Written by `npm run bench`; [README](README.md) says how it is measured. Ratios are medians of paired runs, below 1 is faster (or less) than the other.',
    table(['machine', ''], Object.entries(results.machine)),
    '## What was promised',
    table(
      ['work', 'what', 'at most', 'measured', ''],
      judge(figures).map((one) => [
        ROWS[one.row].title,
        one.what,
        value(one, one.limit),
        value(one, one.measured),
        verdict(one),
      ]),
    ),
    '## Medians',
    `${medians(results, figures)}\n\nCPU is user + system time of the tool and all its processes; ours has the master's in it, and our PostgreSQL's. Server: the MariaDB of the site meanwhile. Memory: highest resident memory of the tool's processes (ours was measured apart, below).`,
    '## Memory and disk of backupd',
    peaks(results),
    '## API while a backup runs',
    latency(figures),
    '## Nodes',
    `Simulated nodes with the real protocol. Three figures in one cell: half of all, 99 of 100, and all of them are within. CPU in percent of one processor; PostgreSQL's and the nodes' own are apart.\n\n${nodesSection(results, table)}`,
    '## What was backed up',
    facts(results),
    '## When',
    table(
      ['row', 'rounds', 'day', 'commit'],
      results.rows.map((row) => [
        row.row,
        String(Math.max(1, ...Object.values(row.samples).map((samples) => samples.length))),
        row.day,
        row.commit,
      ]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function verdict(one: Judged): string {
  if (one.measured === null) return 'not measured';
  return isMissed(one) ? `**missed** by ${Math.round((one.measured / one.limit - 1) * 100)} %` : 'met';
}

function value(one: Judged, figure: number | null): string {
  if (figure === null) return '';
  if (one.unit === 'bytes') return megabytes(figure);
  return one.unit === 'ms' ? `${figure.toFixed(1)} ms` : `${figure.toFixed(3).replace(/0$/, '')} ×`;
}

function medians(results: Results, figures: Figures): string {
  const rows: string[][] = [];
  for (const { row, samples } of results.rows)
    for (const tool of TOOL_NAMES) {
      if (samples[tool] === undefined) continue;
      const seconds = figures.median(row, tool, (sample) => sample.seconds);
      const engine = figures.median(row, tool, (sample) => sample.engineSeconds);
      rows.push([
        ROWS[row].title,
        label(tool),
        seconds === null ? '' : `${seconds.toFixed(2)} s`,
        engine === null ? '' : `${engine.toFixed(2)} s`,
        tool === 'backupd' ? '' : ratio(figures.timeRatio(row, tool, 'command')),
        `${(figures.median(row, tool, (sample) => sample.cpuSeconds) ?? 0).toFixed(2)} s`,
        `${(figures.median(row, tool, (sample) => sample.serverCpuSeconds) ?? 0).toFixed(2)} s`,
        tool === 'backupd' ? '' : megabytes(figures.median(row, tool, (sample) => sample.residentBytes)),
        megabytes(figures.median(row, tool, (sample) => sample.storedBytes)),
      ]);
    }
  return table(['work', 'tool', 'command', 'engine', 'ours : it', 'CPU', 'server', 'memory', 'stored'], rows);
}

const PEAK = /^(?:(.*) )?(ownBytes|masterBytes|withPostgresBytes|idleBytes|temporaryBytes|seconds)$/;

/** Rows that were watched: one line for each job, one column for each figure. */
function peaks(results: Results): string {
  const lines = new Map<string, Record<string, number>>();
  for (const { row, facts: found } of results.rows)
    for (const [name, figure] of Object.entries(found)) {
      const [, step, key] = PEAK.exec(name) ?? [];
      if (key === undefined || isOfNodes(row)) continue;
      const title = step === undefined ? ROWS[row].title : `${ROWS[row].title}: ${step}`;
      lines.set(title, { ...lines.get(title), [key]: figure });
    }
  return table(
    [
      'job',
      'our processes',
      'without the command line',
      'with PostgreSQL',
      'master before',
      'temporary disk',
      'time (watched)',
    ],
    [...lines]
      .filter(([, line]) => line['ownBytes'] !== undefined)
      .map(([title, line]) => [
        title,
        ...['ownBytes', 'masterBytes', 'withPostgresBytes', 'idleBytes', 'temporaryBytes'].map((key) =>
          megabytes(line[key] ?? null),
        ),
        `${(line['seconds'] ?? 0).toFixed(1)} s`,
      ]),
  );
}

function latency(figures: Figures): string {
  const names = { health: 'GET /daemon/health', sites: 'GET /sites' };
  return table(
    ['call, every 5 ms', 'calls', 'half within', '99 % within', 'slowest'],
    Object.entries(names).map(([name, title]) => [
      title,
      String(figures.fact('latency', `${name} calls`) ?? ''),
      ...['p50', 'p99', 'max'].map((figure) => {
        const found = figures.fact('latency', `${name} ${figure}`);
        return found === null ? '' : `${found.toFixed(1)} ms`;
      }),
    ]),
  );
}

function facts(results: Results): string {
  const rows: string[][] = [];
  for (const { row, facts: found } of results.rows)
    for (const [name, figure] of Object.entries(found)) {
      if (PEAK.test(name) || row === 'latency' || isOfNodes(row)) continue;
      rows.push([
        ROWS[row].title,
        words(name),
        /bytes$/i.test(name) ? megabytes(figure) : String(Number(figure.toFixed(2))),
      ]);
    }
  return table(['row', 'fact', ''], rows);
}

const words = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function ratio(figure: number | null): string {
  return figure === null ? '' : `${figure.toFixed(2)} ×`;
}

function megabytes(figure: number | null): string {
  if (figure === null) return '';
  return figure < 10e6 ? `${(figure / 1e6).toFixed(2)} MB` : `${Math.round(figure / 1e6).toLocaleString('en')} MB`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rows in the order they run. */
export function inOrder<T extends { row: RowName }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => ROW_NAMES.indexOf(a.row) - ROW_NAMES.indexOf(b.row));
}
