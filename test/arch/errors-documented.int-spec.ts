import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Low-level codes that are given on as a cause, not ours. */
const FOREIGN = new Set(['EIO', 'ETIMEDOUT']);

// What the dashboard's page says of itself in a browser (no answer of the server) is not the API's.
it('docs/errors.md has every code that the sources throw or warn with, and no other', () => {
  const documented = new Set([...read('docs/errors.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)` \|/gm)].map((m) => m[1]));
  const sources = globSync('src/**/*.ts', { cwd: root })
    .filter((path) => !/\.spec(-support)?\.ts$/.test(path) && !path.includes('dashboard/client/'))
    .map(read)
    .join('\n');
  const thrown = new Set([...sources.matchAll(/\bcode: '([A-Z][A-Z0-9_]+)'/g)].map((m) => m[1] ?? ''));
  expect(thrown.size).toBeGreaterThan(100);
  expect([...thrown].filter((code) => !documented.has(code) && !FOREIGN.has(code))).toEqual([]);
  expect([...documented].filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});
