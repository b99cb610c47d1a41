import { api, ask } from '../api/client.ts';
import { useQuery } from '../api/use-query.ts';
import { Picker } from './picker.tsx';

const MOST = 500;

interface NodePickerProps {
  chosen: readonly string[];
  onChange: (nodeIds: string[]) => void;
}

/** Some of the nodes. */
export function NodePicker({ chosen, onChange }: NodePickerProps) {
  const nodes = useQuery(`nodes?limit=${MOST}`, (signal) =>
    ask(api.GET('/nodes', { params: { query: { limit: MOST } }, signal })),
  );
  const items = nodes.data?.items ?? [];
  return (
    <Picker
      label="nodes"
      chosen={chosen}
      onChange={onChange}
      choices={items.map(({ id, name, hostname }) => ({
        id,
        title: name,
        ...(hostname === name ? {} : { detail: hostname }),
      }))}
      more={(nodes.data?.total ?? 0) - items.length}
      search={null}
      name={(id) => items.find((node) => node.id === id)?.name ?? 'a removed node'}
      none={nodes.loading ? 'Loading' : 'There is no node yet. Sites on this server can be chosen one by one.'}
    />
  );
}
