import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = join(import.meta.dirname, '../../..');
const FRAME = /^ +at .*$/gm;
const PLACE = /(file:\/\/)?(\/[^\s():]+\.js):(\d+):(\d+)(?=\)?$)/;
const maps = new Map<string, SourceMap | null>();

/**
 * The stack with the files and lines of our sources in the place of those of the build. Maps are read when a stack is told: Node's own
 * way (`--enable-source-maps`) cost each start, and each worker thread, a quarter of its time. Lines of other files stay as they are.
 */
export function inSourceLines(stack: string, build = BUILD): string {
  return stack.replaceAll(FRAME, (frame) =>
    frame.replace(PLACE, (place, scheme: string | undefined, path: string, line: string, column: string) => {
      const file = scheme === undefined ? path : fileURLToPath(`file://${path}`);
      if (!file.startsWith(build + sep)) return place;
      const found = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
      if (found === undefined || !('originalSource' in found)) return place;
      return `${resolve(dirname(file), found.originalSource)}:${found.originalLine + 1}:${found.originalColumn + 1}`;
    }),
  );
}

/** What ends the process without being caught is told in the lines of our sources, too. */
export function tellCrashesInSourceLines(): void {
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    if (error instanceof Error && error.stack !== undefined) error.stack = inSourceLines(error.stack);
  });
}

function mapOf(file: string): SourceMap | null {
  const known = maps.get(file);
  if (known !== undefined) return known;
  const map = readMap(file);
  maps.set(file, map);
  return map;
}

function readMap(file: string): SourceMap | null {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own build wrote it
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  } catch {
    return null;
  }
}
