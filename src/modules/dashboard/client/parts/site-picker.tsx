import { useState } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { useQuery } from '../api/use-query.ts';
import { SearchInput } from '../ui/search-input.tsx';
import { Picker } from './picker.tsx';

const SHOWN = 50;

interface SitePickerProps {
  chosen: readonly string[];
  onChange: (siteIds: string[]) => void;
}

/** Some of all sites, found by name, path or address. */
export function SitePicker({ chosen, onChange }: SitePickerProps) {
  const [search, setSearch] = useState('');
  const found = useQuery(
    `sites?search=${search}&limit=${SHOWN}`,
    (signal) =>
      ask(api.GET('/sites', { params: { query: { limit: SHOWN, ...(search === '' ? {} : { search }) } }, signal })),
    { keepPrevious: true },
  );
  const items = found.data?.items ?? [];
  return (
    <Picker
      label="sites"
      chosen={chosen}
      onChange={onChange}
      choices={items.map(({ id, name, url, path }) => ({ id, title: name, detail: url ?? path }))}
      more={(found.data?.total ?? 0) - items.length}
      search={<SearchInput label="Find a site" value={search} onSearch={setSearch} />}
      name={(id) => items.find((site) => site.id === id)?.name ?? <SiteName id={id} />}
      none={
        found.loading
          ? 'Loading'
          : search === ''
            ? 'There is no site yet.'
            : `No site has “${search}” in its name, path or address.`
      }
    />
  );
}

/** The name of a site of which the id is known; the id where there is no such site any more. */
export function SiteName({ id }: { id: string }) {
  const site = useQuery(`sites/${id}`, (signal) => ask(api.GET('/sites/{id}', { params: { path: { id } }, signal })));
  if (site.data !== undefined) return <>{site.data.name}</>;
  return <span class="muted">{site.error === null ? '…' : 'a removed site'}</span>;
}
