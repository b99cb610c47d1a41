import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSourceLines } from './source-lines.js';

const SOURCE = `
interface Nothing { a: string }

export function fails(of: Nothing | null): string {
  return of!.a;
}
`;

describe('a stack of built code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backupd-lines-'));
  const built = join(folder, 'fails.js');
  let stack = '';
  beforeAll(async () => {
    const { outputText, sourceMapText } = ts.transpileModule(SOURCE, {
      fileName: 'source.ts',
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, sourceMap: true },
    });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(built, outputText);
    writeFileSync(`${built}.map`, sourceMapText ?? '');
    writeFileSync(join(folder, 'unmapped.js'), 'export const call = (f) => f(null);');
    // A process of its own: the test runner gives modules other places.
    const url = (name: string): string => JSON.stringify(pathToFileURL(join(folder, name)));
    const code = `import { fails } from ${url('fails.js')}; import { call } from ${url('unmapped.js')}; call(fails);`;
    stack = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stderr;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is told in the files and lines of the sources', () => {
    expect(stack).toContain('fails.js:');
    const told = inSourceLines(stack, folder);
    expect(told).toMatch(/at fails \(\/.*\/source\.ts:5:14\)/);
    expect(told).toMatch(/at call \(file:.*\/unmapped\.js:1:28\)/);
    expect(told).toContain("TypeError: Cannot read properties of null (reading 'a')");
  });

  it('stays as it is where the code is not ours, and where a name only looks like a frame', () => {
    expect(inSourceLines(stack, join(folder, 'other'))).toBe(stack);
    const message = `Error: no ${built}:2:15\n    at x (node:fs:1:2)`;
    expect(inSourceLines(message, folder)).toBe(message);
  });
});
