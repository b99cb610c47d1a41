import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';

export interface Scope {
  scope: Dto<'ScheduleDto'>['scope'];
  scopeValue: string | null;
}

/** For which sites: of two schedules of a kind the closest counts. */
export function ScopeFields({ value, onChange }: { value: Scope; onChange: (value: Scope) => void }) {
  const isNode = value.scope === 'node';
  const isSite = value.scope === 'site';
  const nodes = useQuery(
    'nodes?offset=0&limit=200',
    (signal) => ask(api.GET('/nodes', { params: { query: { limit: 200, offset: 0 } }, signal })),
    { enabled: isNode },
  );
  const sites = useQuery(
    'sites?limit=200&order=name',
    (signal) => ask(api.GET('/sites', { params: { query: { limit: 200, offset: 0 } }, signal })),
    { enabled: isSite },
  );
  return (
    <>
      <Select
        label="For"
        hint="Of several schedules the closest counts for a site: its own, its label’s, its host’s, the one for all."
        value={value.scope}
        options={[
          { value: 'all', title: 'All sites' },
          { value: 'label', title: 'Sites with a label' },
          { value: 'node', title: 'Sites of a host' },
          { value: 'site', title: 'One site' },
        ]}
        onChange={(scope) => onChange({ scope, scopeValue: scope === 'label' ? '' : null })}
      />
      {value.scope === 'label' && (
        <TextInput
          label="Label"
          required
          value={value.scopeValue ?? ''}
          onInput={(scopeValue) => onChange({ ...value, scopeValue })}
        />
      )}
      {isNode && (
        <Select
          label="Host"
          value={value.scopeValue ?? ''}
          options={[
            { value: '', title: 'This host' },
            ...(nodes.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name })),
          ]}
          onChange={(id) => onChange({ ...value, scopeValue: id === '' ? null : id })}
        />
      )}
      {isSite && (
        <Select
          label="Site"
          value={value.scopeValue ?? ''}
          options={[
            { value: '', title: 'Choose one', disabled: true },
            ...(sites.data?.items ?? []).map(({ id, name }) => ({ value: id, title: name })),
          ]}
          onChange={(scopeValue) => onChange({ ...value, scopeValue })}
        />
      )}
    </>
  );
}
