import type { RowName } from '../options.js';
import type { ToolName } from '../tools/tool.js';
import { type Clock, Figures } from './figures.js';

type Unit = 'ratio' | 'bytes' | 'ms';

/** One thing the engine promised to show, and whether it did. */
export interface Judged {
  row: RowName;
  /** What was compared with what. */
  what: string;
  unit: Unit;
  limit: number;
  measured: number | null;
}

/** Memory of all our processes. */
const MEMORY = 350e6;
const RIVALS = ['restic', 'borg'] as const;
const READERS = ['plain', 'restic', 'borg'] as const;

/** Every target of the issue's table, with what was measured for it. */
export function judge(figures: Figures): Judged[] {
  const time = (row: RowName, limit: number, other: ToolName, clock: Clock = 'command'): Judged => ({
    row,
    what: `time (${clock}) against ${label(other)}`,
    unit: 'ratio',
    limit,
    measured: figures.timeRatio(row, other, clock),
  });
  const stored = (row: RowName, limit: number): Judged => ({
    row,
    what: 'stored bytes against the smaller of restic and Borg',
    unit: 'ratio',
    limit,
    measured: figures.storedRatio(row, RIVALS),
  });
  const fact = (row: RowName, name: string, what: string, limit: number, unit: Unit = 'bytes'): Judged => ({
    row,
    what,
    unit,
    limit,
    measured: figures.fact(row, name),
  });
  const fastest = (row: RowName, limit: number, clock: Clock = 'command'): Judged => {
    const tool = figures.fastest(row, READERS);
    const against = `the fastest of tar, restic and Borg${tool === null ? '' : ` (${label(tool)})`}`;
    const measured = tool === null ? null : figures.timeRatio(row, tool, clock);
    return { row, what: `time (${clock}) against ${against}`, unit: 'ratio', limit, measured };
  };
  return [
    time('first', 0.9, 'plain'),
    time('first', 0.3, 'restic'),
    time('first', 0.4, 'borg'),
    time('first', 0.25, 'original'),
    stored('first', 1.01),
    fact('first', 'ownBytes', 'peak memory of our processes (without PostgreSQL)', MEMORY),
    fact(
      'first',
      'temporaryBytes',
      'temporary disk (at most the compressed dump)',
      figures.fact('first', 'compressedDumpBytes') ?? 0,
    ),
    time('unchanged-files', 0.15, 'restic', 'engine'),
    time('unchanged-files', 0.2, 'borg', 'engine'),
    time('unchanged-files', 0.5, 'restic'),
    time('unchanged-files', 0.5, 'borg'),
    {
      row: 'unchanged-files',
      what: 'stored bytes',
      unit: 'bytes',
      limit: 2e6,
      measured: figures.median('unchanged-files', 'backupd', (sample) => sample.storedBytes),
    },
    time('unchanged', 0.4, 'restic'),
    time('unchanged', 0.5, 'borg'),
    time('day2', 0.35, 'restic'),
    time('day2', 0.4, 'borg'),
    stored('day2', 0.25),
    fastest('restore-files', 0.65),
    fastest('restore', 0.65),
    fastest('one-file', 0.35, 'engine'),
    fastest('one-file', 0.8),
    fastest('check', 0.65),
    time('site-s', 0.15, 'restic', 'engine'),
    time('site-s', 0.45, 'borg', 'engine'),
    time('cold', 0.65, 'plain'),
    time('million', 0.2, 'restic'),
    fact('million', 'unchanged ownBytes', 'peak memory of our processes (without PostgreSQL)', MEMORY),
    fact('latency', 'health p99', '99 of 100 answers of GET /daemon/health within', 50, 'ms'),
    fact('latency', 'sites p99', '99 of 100 answers of GET /sites within', 50, 'ms'),
  ];
}

export const isMissed = (one: Judged): boolean => one.measured !== null && one.measured > one.limit;

export function label(tool: ToolName): string {
  const labels = { backupd: 'backupd', restic: 'restic', borg: 'Borg', plain: 'plain', original: 'the original' };
  return labels[tool];
}
