import { useMemo, useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { changesOf, fieldsOf, KEPT_SECRET, type Settings } from '../../lib/json-schema.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { faultNames, isComplete, SchemaForm } from '../../ui/schema-form.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { TestSteps } from './test-steps.tsx';

interface EditStorageProps {
  storage: Dto<'StorageDto'>;
  kind: Dto<'StorageKindDto'>;
  onClose: () => void;
}

/** Changes name and settings of a storage, and tries it with them. */
export function EditStorage({ storage, kind, onClose }: EditStorageProps) {
  const fields = useMemo(() => fieldsOf(kind.settingsSchema, kind.secretSettings), [kind]);
  const [name, setName] = useState(storage.name);
  // Secrets are not told by the API; those that every storage of the kind must have are there.
  const [settings, setSettings] = useState<Settings>(() => ({
    ...storage.settings,
    ...Object.fromEntries(
      fields.filter((field) => field.kind === 'secret' && field.required).map((field) => [field.name, KEPT_SECRET]),
    ),
  }));
  const [tried, setTried] = useState(false);
  const [result, setResult] = useState<Dto<'StorageTestDto'> | null>(null);
  const save = useAction(
    async () => {
      const changes = changesOf(storage.settings, settings);
      const body = {
        ...(name.trim() === storage.name ? {} : { name: name.trim() }),
        ...(Object.keys(changes).length === 0 ? {} : { settings: changes }),
      };
      if (Object.keys(body).length > 0)
        await ask(api.PATCH('/storage/{id}', { params: { path: { id: storage.id } }, body }));
      return ask(api.POST('/storage/{id}/test', { params: { path: { id: storage.id } } }));
    },
    { invalidates: ['storage', 'usage', 'proof'] },
  );
  const submit = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === '' || !isComplete(fields, settings)) return;
    setResult(null);
    setResult((await save.run()) ?? null);
  };
  return (
    <Dialog title={`Change ${storage.name}`} onClose={onClose} wide>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput
          label="Name"
          value={name}
          onInput={setName}
          autocomplete="off"
          error={save.error?.fields.get('name') ?? (name.trim() === '' ? 'This is needed.' : null)}
        />
        <SchemaForm
          fields={fields}
          value={settings}
          onChange={setSettings}
          showFaults={tried}
          problem={save.error}
          foldOptional
        />
        <TestSteps result={result} running={save.pending} />
        {result !== null && <p class="muted small">The changes are saved.</p>}
        <FormError problem={save.error} fields={['name', ...faultNames(fields)]} />
        <div class="dialog-foot">
          <Button onClick={onClose}>{result === null ? 'Cancel' : 'Close'}</Button>
          <Button type="submit" kind="primary" pending={save.pending}>
            Save and test
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
