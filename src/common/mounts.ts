import { readFile } from 'node:fs/promises';

/** Where what lies at the path is mounted; the path itself where that can't be told. Asks nothing of the mount. */
export async function mountOf(path: string): Promise<string> {
  try {
    return mountIn(await readFile('/proc/self/mountinfo', 'utf8'), path) ?? path;
  } catch {
    return path;
  }
}

/** The same in the text of a `mountinfo` (proc(5)); null when there is none. */
export function mountIn(mountinfo: string, path: string): string | null {
  let found: string | null = null;
  for (const line of mountinfo.split('\n')) {
    const place = line
      .split(' ')[4]
      ?.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
    if (place === undefined || !isBelow(path, place)) continue;
    // Of two at one place the later one is seen.
    if (found === null || place.length >= found.length) found = place;
  }
  return found;
}

const isBelow = (path: string, place: string): boolean =>
  place === '/' || path === place || path.startsWith(`${place}/`);
