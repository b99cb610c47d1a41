import type { ManifestBundle, ParentBackup } from './types.js';

/** A bundle with less than this share of its content in use is mostly dead. */
const DEAD_SHARE = 0.25;
/** Dead bytes that make it worth storing the rest anew. */
const WORTH_BYTES = 1024 * 1024;
/** With more bundles than this, those of which little is in use are given up too, so that their number stays small. */
const CROWDED = 64;
const LITTLE_BYTES = 256 * 1024;

/** Id of the bundle that the next backup makes. */
export function nextBundleId(parent: ParentBackup | null): number {
  return parent === null ? 0 : Math.max(parent.header.own, ...parent.header.bundles.map(({ id }) => id)) + 1;
}

/**
 * Bundles of the parent whose content is to be stored again, so that nothing of the new backup lies in them: lost or damaged
 * ones, and mostly dead ones, which fall free by it.
 */
export function releasedBundles(parent: ParentBackup): Set<number> {
  const { bundles } = parent.header;
  const isCrowded = bundles.length > CROWDED;
  const released = new Set(parent.gone);
  for (const { id, content, live } of bundles) {
    const isDead = live < content * DEAD_SHARE && (content - live >= WORTH_BYTES || isCrowded);
    if (isDead || (isCrowded && live < LITTLE_BYTES)) released.add(id);
  }
  return released;
}

/**
 * The bundles for the header of a new manifest: the parent's that it still points into, and its own. `live`: the stored bytes
 * of its entries by bundle id.
 */
export function bundlesInUse(
  parent: ParentBackup | null,
  own: Omit<ManifestBundle, 'live'>,
  live: ReadonlyMap<number, number>,
): ManifestBundle[] {
  const older = (parent?.header.bundles ?? []).flatMap((bundle) => {
    const used = live.get(bundle.id) ?? 0;
    return used === 0 ? [] : [{ ...bundle, live: used }];
  });
  return [...older, { ...own, live: live.get(own.id) ?? 0 }];
}
