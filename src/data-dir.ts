import { accessSync, closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { AppError, errnoOf } from './common/errors/index.js';
import type { DataPaths } from './config/index.js';
import { tryLock } from './engine/native/posix.js';
import { readRunInfo, type RunInfo } from './run-info.js';

/** A data dir that this process alone works in. */
export interface HeldDataDir {
  /** Says in `run.json` where the running master answers. */
  announce(info: RunInfo): void;
  /** Removes `run.json` and frees the lock. Idempotent. */
  release(): void;
}

/**
 * Makes the data dir and takes its lock, which the kernel frees when the process ends, however it ends.
 * Errors: DATA_DIR_NOT_WRITABLE, ALREADY_RUNNING.
 */
export function holdDataDir(paths: DataPaths): HeldDataDir {
  makeFolders(paths);
  // A number, not a FileHandle: that would be closed, and the lock lost, when it is collected.
  const fd = openSync(paths.lock, 'a', 0o600);
  if (!tryLock(fd)) {
    closeSync(fd);
    throw alreadyRunning(paths, readRunInfo(paths));
  }
  rmSync(paths.runInfo, { force: true });
  let held = true;
  return {
    announce: (info) => {
      writeFileSync(`${paths.runInfo}.partial`, `${JSON.stringify(info)}\n`, { mode: 0o644 });
      renameSync(`${paths.runInfo}.partial`, paths.runInfo);
    },
    release: () => {
      if (!held) return;
      held = false;
      rmSync(paths.runInfo, { force: true });
      closeSync(fd);
    },
  };
}

function makeFolders(paths: DataPaths): void {
  try {
    // Passable for others, as the embedded PostgreSQL may need it; what is inside is closed one by one.
    mkdirSync(paths.root, { recursive: true, mode: 0o711 });
    accessSync(paths.root, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const folder of [paths.work, paths.safety]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError({
      code: 'DATA_DIR_NOT_WRITABLE',
      kind: 'precondition',
      message: `The data dir ${paths.root} can't be made or written to (${errnoOf(error) ?? 'unknown error'}).`,
      hint: 'Give this user the right to write there, or set BACKUPD_DATA_DIR to another folder.',
      retry: 'never',
      context: { dataDir: paths.root },
      cause: error,
    });
  }
}

function alreadyRunning(paths: DataPaths, info: RunInfo | null): AppError {
  const who = info === null ? 'it is just starting, or runs as a node' : `process ${info.pid}, ${info.url}`;
  return new AppError({
    code: 'ALREADY_RUNNING',
    kind: 'conflict',
    message: `Another backupd already works on ${paths.root} (${who}).`,
    hint: 'Use the running one, stop it first, or set BACKUPD_DATA_DIR (and BACKUPD_PORT) to start a second one.',
    retry: 'never',
    context: { dataDir: paths.root, ...(info === null ? {} : { pid: info.pid, url: info.url }) },
  });
}
