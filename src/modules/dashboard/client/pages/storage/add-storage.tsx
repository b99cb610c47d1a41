import { useMemo, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { fieldsOf, type Settings } from '../../lib/json-schema.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { faultNames, isComplete, SchemaForm } from '../../ui/schema-form.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { TestSteps } from './test-steps.tsx';

/** Adds a storage: its kind, its settings, a test with them, and only then it can be saved. */
export function AddStorage({ kinds, onClose }: { kinds: readonly Dto<'StorageKindDto'>[]; onClose: () => void }) {
  const [, navigate] = useLocation();
  const [kind, setKind] = useState(kinds[0]?.kind ?? '');
  const [name, setName] = useState('');
  const [settings, setSettings] = useState<Settings>({});
  const [isDefault, setDefault] = useState(false);
  const [tried, setTried] = useState(false);
  /** The settings that were found to work: with others it has to be tried again. */
  const [works, setWorks] = useState<Settings | null>(null);
  const [result, setResult] = useState<Dto<'StorageTestDto'> | null>(null);
  const chosen = kinds.find((candidate) => candidate.kind === kind);
  const fields = useMemo(() => fieldsOf(chosen?.settingsSchema, chosen?.secretSettings), [chosen]);
  const test = useAction(() => ask(api.POST('/storage/test', { body: { kind, settings: { ...settings } } })));
  const save = useAction(
    () => ask(api.POST('/storage', { body: { name: name.trim(), kind, settings: { ...settings }, isDefault } })),
    { success: 'The storage was added.', invalidates: ['storage', 'usage', 'proof'] },
  );
  const hasName = name.trim() !== '';
  const isTested = works === settings;

  const change = (next: Settings): void => {
    setSettings(next);
    setResult(null);
    test.reset();
  };
  const submit = async (): Promise<void> => {
    setTried(true);
    if (!isComplete(fields, settings)) return;
    if (!isTested) {
      const answer = await test.run();
      setResult(answer ?? null);
      if (answer?.ok === true) setWorks(settings);
      return;
    }
    if (!hasName) return;
    const added = await save.run();
    if (added !== undefined) navigate(`/storage/${added.id}`);
  };

  return (
    <Dialog title="Add a storage" onClose={onClose} wide>
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
          hint="How you will recognise it, as “offsite” or “backup disk”."
          value={name}
          onInput={setName}
          autocomplete="off"
          error={save.error?.fields.get('name') ?? (tried && !hasName ? 'This is needed.' : null)}
        />
        <fieldset class="kind-choices">
          <legend>Kind</legend>
          {kinds.map((candidate) => (
            <label key={candidate.kind} class="kind-choice">
              <input
                type="radio"
                name="kind"
                checked={candidate.kind === kind}
                onChange={() => {
                  setKind(candidate.kind);
                  setTried(false);
                  change({});
                }}
              />
              {candidate.title}
            </label>
          ))}
        </fieldset>
        <SchemaForm
          key={kind}
          fields={fields}
          value={settings}
          onChange={change}
          showFaults={tried}
          problem={test.error ?? save.error}
          foldOptional
        />
        <Checkbox
          label="Sites store here by default"
          hint="Several storages may be: each backup then has a copy on each of them. The next backup of these sites is a full one; earlier backups are not copied."
          checked={isDefault}
          onChange={setDefault}
        />
        <TestSteps result={result} running={test.pending} />
        <FormError problem={test.error ?? save.error} fields={['name', ...faultNames(fields)]} />
        <div class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" pending={test.pending || save.pending}>
            {isTested ? 'Add the storage' : 'Test the connection'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
