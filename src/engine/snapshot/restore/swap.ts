import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { errnoOf } from '../../../common/errors/index.js';
import { DirectoryHandle, identityOf, splitRelative } from '../../native/directory.js';
import { exchange, renameNoReplace, setMtimeNs } from '../../native/posix.js';
import { targetChanged, translateFile } from './errors.js';
import type { SwapItem } from './journal.js';

export const OLD_FOLDER = 'old';

const UNSUPPORTED = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/** Identity of what is at a relative path, or null. */
export function identityAt(folder: DirectoryHandle, relative: string): string | null {
  const facts = folder.find(relative);
  return facts === null ? null : identityOf(facts);
}

export interface SwapContext {
  base: DirectoryHandle;
  staging: DirectoryHandle;
  /** The target, for messages. */
  target: string;
  /** Tests stop here. */
  onStep: (step: string) => void;
}

/**
 * Puts the new content in its place: one atomic exchange where the file system can. Throws RESTORE_TARGET_CHANGED when
 * something else is there than when the restore looked.
 */
export function activateItem(context: SwapContext, item: SwapItem): void {
  guarded(context, item, 'replaced', () => {
    const { base, staging, onStep } = context;
    base.inParent(item.place, (parent, name) => {
      if (identityAt(parent, name) !== item.oldId) throw targetChanged(context.target);
      const place = parent.path(name);
      if (item.newId === null) {
        if (item.oldId !== null) moveAside(context, item, place);
      } else if (item.oldId === null) {
        renameNoReplaceOrPlain(staging.path(item.staged), place);
      } else if (!tryExchange(place, staging.path(item.staged))) {
        moveAside(context, item, place);
        onStep('moved aside');
        renameSync(staging.path(item.staged), place);
      }
      onStep('swapped');
      keepTime(parent, item);
    });
  });
}

/** Puts the old content back, wherever the activation had come. Idempotent. */
export function undoItem(context: SwapContext, item: SwapItem): void {
  guarded(context, item, 'put back', () => {
    const { base, staging, onStep } = context;
    base.inParent(item.place, (parent, name) => {
      const place = parent.path(name);
      const current = identityAt(parent, name);
      if (item.oldId === null) {
        if (current !== null && current === item.newId) renameSync(place, staging.path(item.staged));
      } else if (current !== item.oldId) {
        if (identityAt(staging, item.staged) === item.oldId) {
          if (current === null) renameSync(staging.path(item.staged), place);
          else exchange(place, staging.path(item.staged));
        } else if (identityAt(staging, item.old) === item.oldId) {
          // What came since goes where it came from: it is removed with the staging folder.
          if (current !== null) renameSync(place, staging.path(`${item.old}.new`));
          onStep('half put back');
          renameSync(staging.path(item.old), place);
        }
      }
      onStep('put back');
      keepTime(parent, item);
    });
  });
}

function moveAside({ staging }: SwapContext, item: SwapItem, place: Buffer): void {
  try {
    mkdirSync(staging.path(OLD_FOLDER), 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  renameSync(place, staging.path(item.old));
}

function tryExchange(a: Buffer, b: Buffer): boolean {
  try {
    exchange(a, b);
    return true;
  } catch (error) {
    if (UNSUPPORTED.has(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

function renameNoReplaceOrPlain(from: Buffer, to: Buffer): void {
  try {
    renameNoReplace(from, to);
  } catch (error) {
    if (!UNSUPPORTED.has(errnoOf(error) ?? '')) throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw error;
    renameSync(from, to);
  }
}

function keepTime(parent: DirectoryHandle, item: SwapItem): void {
  if (item.parentMtime !== null) setMtimeNs(parent.path('.'), BigInt(item.parentMtime));
}

function guarded(context: SwapContext, item: SwapItem, what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw translateFile(error, what, splitRelative(item.place)[1], context.target);
  }
}
