import { useId, useState } from 'preact/hooks';
import { PlugZap } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { ConnectionTest } from './connection-test.tsx';
import { SecretKey } from './secret-key.tsx';
import { settingsOf, StorageFields, type Values } from './storage-fields.tsx';
import { WizardFrame } from './wizard-frame.tsx';

/** Where backups go, tried before it is saved; and the key that seals what it needs to get there. */
export function StorageStep() {
  const storages = useQuery('storage', (signal) => ask(api.GET('/storage', { signal })));
  const kinds = useQuery('storage/kinds', (signal) => ask(api.GET('/storage/kinds', { signal })));
  return (
    <WizardFrame
      step="storage"
      title="Where backups are kept"
      about="Another disk is good against mistakes. Against fire, theft and attackers they have to be elsewhere."
    >
      <QueryView query={storages}>
        {({ items }) => <QueryView query={kinds}>{(all) => <StorageForm storages={items} kinds={all} />}</QueryView>}
      </QueryView>
    </WizardFrame>
  );
}

function StorageForm({ storages, kinds }: { storages: Dto<'StorageDto'>[]; kinds: Dto<'StorageKindDto'>[] }) {
  const [, navigate] = useLocation();
  const [choice, setChoice] = useState(storages[0]?.id ?? kinds[0]?.kind ?? '');
  const [values, setValues] = useState<Values>({});
  const [more, setMore] = useState(false);
  const [kept, setKept] = useState(false);
  const [tested, setTested] = useState<Dto<'StorageTestDto'> | null>(null);
  const kind = kinds.find((one) => one.kind === choice);

  const test = useAction(async () => {
    setTested(null);
    const result =
      kind === undefined
        ? await ask(api.POST('/storage/{id}/test', { params: { path: { id: choice } } }))
        : await ask(api.POST('/storage/test', { body: { kind: kind.kind, settings: settingsOf(kind, values) } }));
    setTested(result);
    return result;
  });
  const save = useAction(
    async () => {
      if (kind !== undefined) {
        const storage = { name: nameOf(kind, storages), kind: kind.kind, settings: settingsOf(kind, values) };
        await ask(api.POST('/storage', { body: { ...storage, isDefault: true } }));
        // The new one is where backups go, in the place of those that were the default before.
        for (const { id, isDefault } of storages)
          if (isDefault)
            await ask(api.PATCH('/storage/{id}', { params: { path: { id } }, body: { isDefault: false } }));
      }
      navigate('/first-run/schedule');
    },
    { invalidates: ['storage'] },
  );
  const choose = (value: string): void => {
    setChoice(value);
    setValues({});
    setTested(null);
    test.reset();
    save.reset();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void test.run();
      }}
    >
      <fieldset class="choices">
        <legend class="visually-hidden">Storage</legend>
        {storages.map((storage) => (
          <Choice
            key={storage.id}
            value={storage.id}
            current={choice}
            onChoose={choose}
            title={`This one: ${storage.name}`}
            about={aboutOf(storage)}
          />
        ))}
        {kinds.map(({ kind: name, title }) => (
          <Choice
            key={name}
            value={name}
            current={choice}
            onChoose={choose}
            title={name === 'local' ? 'Another folder or disk' : title.replace(/ \(.*\)$/, '')}
            about={
              name === 'local'
                ? 'A disk or network share that is mounted here'
                : (/\((.*)\)$/.exec(title)?.[1] ?? 'Somewhere else')
            }
          />
        ))}
      </fieldset>
      {kind !== undefined && (
        <>
          <StorageFields
            kind={kind}
            values={values}
            more={more}
            onChange={(next) => {
              setValues(next);
              setTested(null);
            }}
          />
          {!more && kind.kind !== 'local' && (
            <div>
              <Button kind="quiet" size="small" onClick={() => setMore(true)}>
                Show all settings
              </Button>
            </div>
          )}
        </>
      )}
      <div>
        <Button type="submit" icon={<PlugZap class="icon icon-small" aria-hidden="true" />} pending={test.pending}>
          Test the connection
        </Button>
      </div>
      <FormError problem={test.error} />
      {tested !== null && <ConnectionTest test={tested} />}
      <hr class="rule" />
      <SecretKey kept={kept} onKept={setKept} />
      <FormError problem={save.error} />
      <div class="row">
        <Button
          kind="primary"
          pending={save.pending}
          disabled={tested?.ok !== true || !kept}
          onClick={() => void save.run()}
        >
          Continue
        </Button>
        <Button kind="quiet" onClick={() => navigate('/first-run/scan')}>
          Back
        </Button>
        {(tested?.ok !== true || !kept) && (
          <span class="muted small">
            {tested?.ok === true ? 'Confirm that you have the secret key.' : 'Test the connection first.'}
          </span>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  value: string;
  current: string;
  onChoose: (value: string) => void;
  title: string;
  about: string;
}

function Choice({ value, current, onChoose, title, about }: ChoiceProps) {
  const id = useId();
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- its text comes from outside
    <label class="choice" htmlFor={id}>
      <input
        id={id}
        type="radio"
        name="storage"
        value={value}
        checked={current === value}
        onChange={() => onChoose(value)}
      />
      <span>
        <strong>{title}</strong>
        <span class="muted small">{about}</span>
      </span>
    </label>
  );
}

function aboutOf({ settings, space, kind }: Dto<'StorageDto'>): string {
  const place = [settings['path'], settings['bucket'], kind].find((one) => typeof one === 'string');
  return `${place ?? ''}${space === null ? '' : `, ${bytes(space.freeBytes)} free`}`;
}

/** `s3`, or `s3 2` where there is one already. */
function nameOf({ kind }: Dto<'StorageKindDto'>, storages: readonly Dto<'StorageDto'>[]): string {
  const taken = new Set(storages.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kind : `${kind} ${number}`;
    if (!taken.has(name)) return name;
  }
}
