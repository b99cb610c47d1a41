import { accessSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Tens of thousands of files go in seconds, on a busy machine in many. */
const REMOVE_MS = 60_000;

export interface TempFolderOptions {
  /** On a file system in memory where there is one: for tests that sync often. */
  inMemory?: boolean;
}

function scratchRoot(options: TempFolderOptions): string {
  if (options.inMemory !== true) return tmpdir();
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

/** A scratch folder of its own, below the system's temporary folder. Call `remove` at the end. */
export function makeTempFolder(name = 'test', options: TempFolderOptions = {}): { path: string; remove: () => void } {
  const path = realpathSync(mkdtempSync(join(scratchRoot(options), `backupd-${name}-`)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** A fresh scratch folder for each test of the file; removed after it. The function gives its path, or one below it. */
export function useTempFolder(name = 'test', options: TempFolderOptions = {}): (...parts: string[]) => string {
  let folder: { path: string; remove: () => void } | null = null;
  beforeEach(() => {
    folder = makeTempFolder(name, options);
  });
  afterEach(() => {
    folder?.remove();
    folder = null;
  }, REMOVE_MS);
  return (...parts) => {
    if (folder === null) throw new Error('The scratch folder exists only while a test runs.');
    return join(folder.path, ...parts);
  };
}
