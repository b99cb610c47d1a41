import type { Dto } from '../../api/client.ts';
import { NodePicker } from '../../parts/node-picker.tsx';
import { SitePicker } from '../../parts/site-picker.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';

/** What a user may see while it is chosen: what was chosen of each kind stays when another kind is looked at. */
export interface Reach {
  kind: 'all' | 'sites' | 'nodes' | 'both';
  sites: string[];
  nodes: string[];
  both: string[];
}

export function reachOf(restriction: Dto<'RestrictionDto'> | null): Reach {
  if (restriction === null) return { kind: 'all', sites: [], nodes: [], both: [] };
  const { siteIds, nodeIds } = restriction;
  const kind = nodeIds.length === 0 ? 'sites' : siteIds.length === 0 ? 'nodes' : 'both';
  return { kind, sites: siteIds, nodes: nodeIds, both: [...siteIds, ...nodeIds] };
}

export function restrictionOf({ kind, sites, nodes }: Reach): Dto<'RestrictionDto'> | null {
  if (kind === 'all') return null;
  return { siteIds: kind === 'nodes' ? [] : sites, nodeIds: kind === 'sites' ? [] : nodes };
}

interface RestrictionChooserProps {
  reach: Reach;
  onChange: (reach: Reach) => void;
}

/** All sites, some, or all of some nodes. */
export function RestrictionChooser({ reach, onChange }: RestrictionChooserProps) {
  const set = (changes: Partial<Reach>): void => {
    const next = { ...reach, ...changes };
    onChange({ ...next, both: [...next.sites, ...next.nodes] });
  };
  const { kind, sites, nodes } = reach;
  return (
    <>
      <RadioGroup
        label="May see"
        value={kind}
        onChange={(chosen) => set({ kind: chosen })}
        options={[
          { value: 'all', title: 'All sites' },
          { value: 'sites', title: 'Chosen sites' },
          { value: 'nodes', title: 'All sites of chosen nodes', hint: 'Also those that come to be there later.' },
          { value: 'both', title: 'Chosen sites, and all sites of chosen nodes' },
        ]}
      />
      {(kind === 'sites' || kind === 'both') && (
        <SitePicker chosen={sites} onChange={(chosen) => set({ sites: chosen })} />
      )}
      {(kind === 'nodes' || kind === 'both') && (
        <NodePicker chosen={nodes} onChange={(chosen) => set({ nodes: chosen })} />
      )}
    </>
  );
}
