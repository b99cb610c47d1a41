import { AppError } from '../../common/errors/index.js';

/** Headers of every request of a node besides its key. */
export const NODE_VERSION_HEADER = 'backupd-version';
/** Names the process: another value means that the node was started anew. */
export const NODE_BOOT_HEADER = 'backupd-boot';

/** How many minor versions a node may be behind its master. */
const MINORS_BEHIND = 1;

/**
 * Whether a node of this version can work with a master of that one: the same major version, at most one minor behind, not ahead.
 * Patch versions do not count. Null = it can; else the error that tells what to update.
 */
export function versionFault(node: string, master: string): AppError | null {
  const [theirs, ours] = [parsed(node), parsed(master)];
  if (theirs === null || ours === null)
    return fault('NODE_VERSION_UNKNOWN', node, master, 'Update backupd on the node.');
  const behind = ours.major === theirs.major ? ours.minor - theirs.minor : (ours.major - theirs.major) * 1000;
  if (behind > MINORS_BEHIND) return fault('NODE_TOO_OLD', node, master, `Update backupd on the node to ${master}.`);
  if (behind < 0) return fault('NODE_TOO_NEW', node, master, `Update the master to ${node} or later first.`);
  return null;
}

function parsed(version: string): { major: number; minor: number } | null {
  const found = /^(\d{1,6})\.(\d{1,6})\.\d+(?:[-+][\w.+-]{0,64})?$/.exec(version);
  return found === null ? null : { major: Number(found[1]), minor: Number(found[2]) };
}

function fault(code: string, node: string, master: string, hint: string): AppError {
  return new AppError({
    code,
    kind: 'conflict',
    message: `A node of version ${node.slice(0, 40)} can't work with a master of version ${master}.`,
    hint,
    retry: 'later',
    context: { node: node.slice(0, 40), master },
  });
}
