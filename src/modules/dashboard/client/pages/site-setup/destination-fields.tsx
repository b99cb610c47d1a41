import { api, ask, type Dto } from '../../api/client.ts';
import { mayWholeServer } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { Card } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Select } from '../../ui/select.tsx';

type Destinations = Dto<'SiteDestinationsDto'>;

interface DestinationFieldsProps {
  /** Null = the default storages. */
  value: Destinations | null;
  onChange: (value: Destinations | null) => void;
}

/** Where backups of the site go. Storages are of the whole server: who may see only some sites sees none of them. */
export function DestinationFields({ value, onChange }: DestinationFieldsProps) {
  const storages = useQuery(
    'storage?limit=200',
    (signal) => ask(api.GET('/storage', { params: { query: { limit: 200, offset: 0 } }, signal })),
    { enabled: mayWholeServer() },
  );
  if (!mayWholeServer()) return null;
  return (
    <Card title="Where backups go">
      <QueryView query={storages}>
        {({ items }) => (
          <div class="stack">
            <Checkbox
              label={`The default storages: ${
                items
                  .filter(({ isDefault }) => isDefault)
                  .map(({ name }) => name)
                  .join(', ') || 'none'
              }`}
              checked={value === null}
              onChange={(on) =>
                onChange(
                  on
                    ? null
                    : { mode: 'all', providers: items.filter(({ isDefault }) => isDefault).map(({ id }) => ({ id })) },
                )
              }
            />
            {value !== null && <Own value={value} onChange={onChange} items={items} />}
          </div>
        )}
      </QueryView>
    </Card>
  );
}

interface OwnProps {
  value: Destinations;
  onChange: (value: Destinations) => void;
  items: readonly Dto<'StorageDto'>[];
}

function Own({ value, onChange, items }: OwnProps) {
  return (
    <>
      {items.map(({ id, name, enabled }) => (
        <Checkbox
          key={id}
          label={enabled ? name : `${name} (switched off)`}
          checked={value.providers.some((provider) => provider.id === id)}
          onChange={(on) =>
            onChange({
              ...value,
              providers: on ? [...value.providers, { id }] : value.providers.filter((provider) => provider.id !== id),
            })
          }
        />
      ))}
      <Select
        label="How"
        value={value.mode}
        onChange={(mode) => onChange({ ...value, mode })}
        options={[
          { value: 'all', title: 'A copy on each of them' },
          { value: 'failover', title: 'One copy, on the first that takes it' },
        ]}
        hint="After a storage was added the next backup is a full one. Earlier backups are not copied."
      />
    </>
  );
}
