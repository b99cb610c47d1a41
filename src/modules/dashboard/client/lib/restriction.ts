import { plural } from './format.ts';

/** What a user may see, in words: `All sites`, `3 sites`, `All sites of 2 nodes and 1 site`. */
export function restrictionInWords(
  restriction: { siteIds: readonly string[]; nodeIds: readonly string[] } | null,
): string {
  if (restriction === null) return 'All sites';
  const { siteIds, nodeIds } = restriction;
  if (nodeIds.length === 0) return siteIds.length === 0 ? 'No site' : plural(siteIds.length, 'site');
  const ofNodes = `All sites of ${plural(nodeIds.length, 'node')}`;
  return siteIds.length === 0 ? ofNodes : `${ofNodes}, and ${plural(siteIds.length, 'site')}`;
}
