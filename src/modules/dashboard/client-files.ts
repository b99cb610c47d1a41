import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the dashboard, in memory: all of them together are small. */
export interface ClientFile {
  type: string;
  plain: Buffer;
  /** By the name of its coding in HTTP, the smallest first. */
  packed: ReadonlyMap<string, Buffer>;
  etag: string;
  /** Its name has its hash: it never changes. */
  immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const CODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** The built dashboard by the path of each file (`/` is the page itself); empty when it is not built. */
export function builtClient(folder = clientFolder()): ReadonlyMap<string, ClientFile> {
  const files = new Map<string, ClientFile>();
  if (folder === null) return files;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const there = new Set(names);
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const plain = readFileSync(join(folder, name));
    const packed = CODINGS.filter(([, ending]) => there.has(name + ending)).map(
      ([coding, ending]) => [coding, readFileSync(join(folder, name + ending))] as const,
    );
    files.set(name === 'index.html' ? '/' : `/${name}`, {
      type,
      plain,
      packed: new Map(packed),
      etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      immutable: name.startsWith('assets/'),
    });
  }
  return files;
}

/** Beside the built server, or where a build has left it when the server runs from its sources. */
function clientFolder(): string | null {
  const places = ['../../../client', '../../../dist/client'].map((path) => join(import.meta.dirname, path));
  return places.find((place) => existsSync(join(place, 'index.html'))) ?? null;
}
