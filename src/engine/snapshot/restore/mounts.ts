import { readFileSync } from 'node:fs';

/** Mount points of this host as absolute paths (latin1 text of their bytes). Empty where the system does not tell. */
export function mountPoints(): string[] {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return [];
  }
  const points: string[] = [];
  for (const line of text.split('\n')) {
    const field = line.split(' ')[4];
    if (field === undefined) continue;
    points.push(field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
  }
  return points;
}

/** The first mount point at or below an absolute path (latin1), or null. */
export function mountAtOrBelow(path: string): string | null {
  return mountPoints().find((point) => point === path || point.startsWith(`${path}/`)) ?? null;
}
