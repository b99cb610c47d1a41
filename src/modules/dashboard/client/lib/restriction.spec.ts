import { describe, expect, it } from 'vitest';
import { restrictionInWords } from './restriction.ts';

describe('restrictionInWords', () => {
  it('says what a user may see', () => {
    expect(
      [
        null,
        { siteIds: [], nodeIds: [] },
        { siteIds: ['a'], nodeIds: [] },
        { siteIds: [], nodeIds: ['a', 'b'] },
        { siteIds: ['a'], nodeIds: ['b'] },
      ].map(restrictionInWords),
    ).toEqual(['All sites', 'No site', '1 site', 'All sites of 2 nodes', 'All sites of 1 node, and 1 site']);
  });
});
