import { useMemo, useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { changesOf, fieldsOf, type Settings } from '../../lib/json-schema.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { faultNames, isComplete, SchemaForm } from '../../ui/schema-form.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';

interface ChannelDialogProps {
  /** Null = a new one. */
  channel: Dto<'ChannelDto'> | null;
  kinds: readonly Dto<'ChannelKindDto'>[];
  onMade: (channel: Dto<'ChannelDto'>) => void;
  onClose: () => void;
}

/** Makes a channel, or changes one. */
export function ChannelDialog({ channel, kinds, onMade, onClose }: ChannelDialogProps) {
  const [kindName, setKind] = useState<string>(channel?.kind ?? 'email');
  const [name, setName] = useState(channel?.name ?? '');
  const [settings, setSettings] = useState<Settings>(channel?.settings ?? {});
  const [tried, setTried] = useState(false);
  const kind = kinds.find((other) => other.kind === kindName);
  const fields = useMemo(() => (kind === undefined ? [] : fieldsOf(kind.settingsSchema, kind.secretSettings)), [kind]);

  const save = useAction(
    async () => {
      if (channel === null) {
        const made = await ask(
          api.POST('/notifications/channels', { body: { name: name.trim(), kind: kindName, settings } }),
        );
        onMade(made);
      } else {
        await ask(
          api.PATCH('/notifications/channels/{id}', {
            params: { path: { id: channel.id } },
            body: { name: name.trim(), settings: changesOf(channel.settings, settings) },
          }),
        );
      }
      onClose();
    },
    { ...(channel === null ? {} : { success: 'Saved.' }), invalidates: ['notifications'] },
  );
  return (
    <FormDialog
      title={channel === null ? 'Add a channel' : `Edit ${channel.name}`}
      action={channel === null ? 'Add and test' : 'Save'}
      pending={save.pending}
      error={save.error}
      fields={['name', ...faultNames(fields)]}
      onSubmit={() => {
        setTried(true);
        if (isComplete(fields, settings)) void save.run();
      }}
      onClose={onClose}
    >
      {channel === null && (
        <Select
          label="Kind"
          value={kindName}
          onChange={(chosen) => {
            setKind(chosen);
            setSettings({});
            setTried(false);
          }}
          options={kinds.map((other) => ({ value: other.kind, title: other.title }))}
          {...(kind?.pings === true
            ? {
                hint: 'A dead-man switch: it raises an alarm elsewhere when this server is silent. It gets pings, and no messages.',
              }
            : {})}
        />
      )}
      <TextInput
        label="Name"
        hint="As you call it."
        value={name}
        onInput={setName}
        autocomplete="off"
        maxLength={100}
        required
        error={save.error?.fields.get('name')}
      />
      <SchemaForm
        key={kindName}
        fields={fields}
        value={settings}
        onChange={setSettings}
        showFaults={tried}
        problem={save.error}
        foldOptional={kindName !== 'email'}
      />
    </FormDialog>
  );
}
