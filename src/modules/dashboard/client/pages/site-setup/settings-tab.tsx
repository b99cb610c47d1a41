import { useMemo, useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { fieldsOf, type Settings, textsOf } from '../../lib/json-schema.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { faultNames, isComplete, SchemaForm } from '../../ui/schema-form.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { DestinationFields } from './destination-fields.tsx';
import { type Override, OverrideFields } from './override-fields.tsx';

/** Name, labels, time zone, storages and what its module can be told. */
export function SettingsTab({ site }: SiteTabProps) {
  const modules = useQuery('modules', (signal) => ask(api.GET('/modules', { signal })));
  return (
    <QueryView query={modules}>
      {({ items }) => {
        const schema = items.find(({ name }) => name === site.module)?.settingsSchema;
        return may('operator') ? (
          <Edit key={site.updatedAt} site={site} schema={schema} />
        ) : (
          <Shown site={site} schema={schema} />
        );
      }}
    </QueryView>
  );
}

interface PartProps extends SiteTabProps {
  schema: unknown;
}

function Shown({ site, schema }: PartProps) {
  return (
    <Card title="Settings">
      <DefinitionList
        items={[
          ['Name', site.name],
          ['Labels', site.labels.length === 0 ? 'none' : site.labels.join(', ')],
          ['Time zone', site.timeZone ?? 'that of this installation'],
          ...fieldsOf(schema).map(
            ({ name, label, default: preset }) => [label, said(site.settings[name] ?? preset)] as const,
          ),
        ]}
      />
    </Card>
  );
}

function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : textsOf(value).join(', ');
  return value === undefined || value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
}

function Edit({ site, schema }: PartProps) {
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const [name, setName] = useState(site.name);
  const [labels, setLabels] = useState(site.labels.join(', '));
  const [timeZone, setTimeZone] = useState(site.timeZone ?? '');
  const [destinations, setDestinations] = useState<Dto<'SiteDestinationsDto'> | null>(site.destinations);
  const [settings, setSettings] = useState<Settings>(site.settings);
  const [overrides, setOverrides] = useState<readonly Override[]>(() =>
    Object.entries(site.overrides).map(([key, value]) => ({ key, value })),
  );
  const [tried, setTried] = useState(false);
  const save = useAction(
    () =>
      ask(
        api.PATCH('/sites/{id}', {
          params: { path: { id: site.id } },
          body: {
            ...(name.trim() === site.name ? {} : { name: name.trim() }),
            labels: labels
              .split(/[,\s]+/)
              .map((label) => label.trim())
              .filter(Boolean),
            timeZone: timeZone.trim() === '' ? null : timeZone.trim(),
            ...(JSON.stringify(destinations) === JSON.stringify(site.destinations) ? {} : { destinations }),
            settings: { ...settings },
            overrides: Object.fromEntries(
              overrides.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), value]),
            ),
          },
        }),
      ),
    { success: 'The settings are saved.', invalidates: ['sites'] },
  );
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (name.trim() !== '' && isComplete(fields, settings)) void save.run();
      }}
    >
      <div class="columns">
        <Card title="What is backed up, and how">
          <SchemaForm fields={fields} value={settings} onChange={setSettings} showFaults={tried} problem={save.error} />
        </Card>
        <div class="stack">
          <Card title="The site">
            <div class="stack">
              <TextInput
                label="Name"
                value={name}
                onInput={setName}
                error={save.error?.fields.get('name') ?? (name.trim() === '' ? 'This is needed.' : null)}
              />
              <TextInput
                label="Labels"
                hint="Words by which schedules, hooks and notifications choose sites, separated by commas."
                value={labels}
                onInput={setLabels}
                spellcheck={false}
                error={save.error?.fields.get('labels')}
              />
              <TextInput
                label="Time zone"
                hint="As Europe/Berlin. Empty: that of this installation."
                value={timeZone}
                onInput={setTimeZone}
                spellcheck={false}
                error={save.error?.fields.get('timeZone')}
              />
            </div>
          </Card>
          <DestinationFields value={destinations} onChange={setDestinations} />
          <OverrideFields value={overrides} onChange={setOverrides} />
        </div>
      </div>
      <FormError problem={save.error} fields={['name', 'labels', 'timeZone', ...faultNames(fields)]} />
      <div>
        <Button type="submit" kind="primary" pending={save.pending}>
          Save the settings
        </Button>
      </div>
    </form>
  );
}
