import type { Xattr } from '../../native/posix.js';
import { entryTarget } from '../manifest/paths.js';
import type { ManifestEntry } from '../manifest/types.js';
import type { TarMember } from '../tar/index.js';

/** The tar member of a manifest entry. */
export function tarMember(entry: ManifestEntry, path: Buffer, xattrs: readonly Xattr[]): TarMember {
  const target = entryTarget(entry);
  return {
    path,
    type: entry.type,
    size: entry.size,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    ...(entry.user === undefined ? {} : { user: entry.user }),
    ...(entry.group === undefined ? {} : { group: entry.group }),
    mtimeNs: BigInt(entry.mtime),
    ...(target === null ? {} : { target }),
    xattrs,
    ...(entry.extents === undefined ? {} : { extents: entry.extents }),
  };
}
