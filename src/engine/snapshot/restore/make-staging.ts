import { chmodSync, mkdirSync } from 'node:fs';
import { DirectoryHandle, identityOf } from '../../native/directory.js';
import { removeXattr } from '../../native/posix.js';
import { translateFile } from './errors.js';
import { writeJournal } from './journal.js';
import { TREE_FOLDER } from './staging.js';
import { latin1 } from './target.js';

export interface NewStaging {
  options: { jobId: string; onStep?: (step: string) => void };
  label: string;
  whole: boolean;
  target: string;
  base: string;
  stagingBase: string;
  name: string;
  madeFolders: string[];
}

/** Makes the staging folder, ours alone, with its first journal: durable before anything is put into it. */
export function makeStaging(parts: NewStaging): void {
  const { options, stagingBase, name } = parts;
  try {
    const parent = DirectoryHandle.open(stagingBase);
    const baseFacts = DirectoryHandle.open(parts.base);
    const before = baseFacts.facts();
    baseFacts.close();
    try {
      mkdirSync(parent.path(name), 0o700);
      // Without a set-group bit from the folder above.
      chmodSync(parent.path(name), 0o700);
      options.onStep?.('staging made');
      const staging = DirectoryHandle.open(parent.path(name));
      try {
        // An inherited ACL would be on everything below.
        for (const acl of ['system.posix_acl_default', 'system.posix_acl_access']) removeXattr(parent.path(name), acl);
        const inside = parts.base === parts.target;
        writeJournal(staging, {
          format: 'backupd-restore/1',
          jobId: options.jobId,
          label: parts.label,
          phase: 'staging',
          target: parts.target,
          whole: parts.whole,
          base: parts.base,
          baseId: identityOf(before),
          stagingName: name,
          stagingId: identityOf(staging.facts()),
          madeFolders: parts.madeFolders,
          items: [],
          baseMtime: inside ? { before: String(before.mtimeNs), after: String(before.mtimeNs) } : null,
          rootFacts: null,
        });
        parent.sync();
        options.onStep?.('journal written');
      } finally {
        staging.close();
      }
    } finally {
      parent.close();
    }
  } catch (error) {
    throw translateFile(error, 'made', latin1(name), stagingBase);
  }
}

/** Makes the folder for the new tree. */
export function makeTree(staging: DirectoryHandle): DirectoryHandle {
  mkdirSync(staging.path(TREE_FOLDER), 0o700);
  return DirectoryHandle.open(staging.path(TREE_FOLDER));
}

export function mtimeOf(path: string): string {
  const folder = DirectoryHandle.open(path);
  try {
    return String(folder.facts().mtimeNs);
  } finally {
    folder.close();
  }
}
