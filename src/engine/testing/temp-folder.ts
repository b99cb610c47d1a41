import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A scratch folder of its own, below the system's temporary folder. Call `remove` at the end. */
export function makeTempFolder(name = 'test'): { path: string; remove: () => void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `backupd-${name}-`)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A fresh scratch folder for each test of the file; removed after it. The function gives its path, or one below it. */
export function useTempFolder(name = 'test'): (...parts: string[]) => string {
  let folder: { path: string; remove: () => void } | null = null;
  beforeEach(() => {
    folder = makeTempFolder(name);
  });
  afterEach(() => {
    folder?.remove();
    folder = null;
  });
  return (...parts) => {
    if (folder === null) throw new Error('The scratch folder exists only while a test runs.');
    return join(folder.path, ...parts);
  };
}
