import { readdirSync, readFileSync } from 'node:fs';

const TICK_SECONDS = 0.01;
const PAGE = 4096;
/** The shell that runs and times a command is ours, not the tool's. */
const TIMING_SHELL = 'bash';

/** A figure of a process tree; the PostgreSQL that backupd runs, apart. */
export interface Split {
  own: number;
  postgres: number;
}

interface Process {
  pid: number;
  parent: number;
  name: string;
  /** Its own and that of the children it has waited for. */
  cpuSeconds: number;
  residentBytes: number;
}

/** Processor time of a running tree so far; what ended children used counts in the parent that waited for them. */
export function cpuOfTree(root: number): Split {
  return split(root, (one) => one.cpuSeconds);
}

/** Proportional memory of a running tree: a page shared by several processes counts once. Takes milliseconds. */
export function proportionalOfTree(root: number): Split {
  return split(root, (one) => {
    const kib = /^Pss:\s+(\d+)/m.exec(readQuietly(`/proc/${one.pid}/smaps_rollup`))?.[1];
    return Number(kib ?? 0) * 1024;
  });
}

/** Sum of the resident memory of a running tree: cheap, and counts shared pages more than once. */
export function residentOfTree(root: number): number {
  const { own, postgres } = split(root, (one) => one.residentBytes);
  return own + postgres;
}

/** Resident memory of one process, without its children. */
export function residentOfProcess(pid: number): number {
  return readProcess(pid)?.residentBytes ?? 0;
}

function split(root: number, figure: (one: Process) => number): Split {
  const result = { own: 0, postgres: 0 };
  for (const one of treeOf(root))
    if (one.name !== TIMING_SHELL) result[one.name.startsWith('postgres') ? 'postgres' : 'own'] += figure(one);
  return result;
}

function treeOf(root: number): Process[] {
  const all = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    const one = /^\d+$/.test(name) ? readProcess(Number(name)) : null;
    if (one !== null) all.set(one.pid, one);
  }
  return [...all.values()].filter((one) => {
    for (let at: Process | undefined = one; at !== undefined; at = all.get(at.parent)) if (at.pid === root) return true;
    return false;
  });
}

function readProcess(pid: number): Process | null {
  const stat = readQuietly(`/proc/${pid}/stat`);
  if (stat === '') return null;
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
  return {
    pid,
    parent: Number(fields[1]),
    name: stat.slice(stat.indexOf('(') + 1, end),
    cpuSeconds: ticks * TICK_SECONDS,
    residentBytes: Number(fields[21]) * PAGE,
  };
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
