import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { bytes, plural } from '../lib/format.ts';
import { Button } from '../ui/button.tsx';
import { BytesInput } from '../ui/bytes-input.tsx';
import { Card } from '../ui/card.tsx';
import { DefinitionList } from '../ui/definition-list.tsx';
import { TextInput } from '../ui/text-input.tsx';
import { FormDialog } from './form-dialog.tsx';

const FIELDS = ['everyDays', 'budgetBytes', 'budgetMinutes'];

/** How often everything stored is read back: one rule for all storages. */
export function ProofSettings({ proof }: { proof: Dto<'ProofDto'> }) {
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Reading back"
      {...(may('admin')
        ? {
            actions: (
              <Button size="small" onClick={() => setEditing(true)}>
                Change
              </Button>
            ),
          }
        : {})}
    >
      <div class="stack">
        <p class="muted">
          A backup is worth what can be read. So every stored byte is read again and compared, a little each day.
        </p>
        <DefinitionList
          items={[
            ['All is read within', plural(proof.everyDays, 'day')],
            ['At most each day', budgetOf(proof)],
          ]}
        />
      </div>
      {editing && <EditProof proof={proof} onClose={() => setEditing(false)} />}
    </Card>
  );
}

function budgetOf({ budgetBytes, budgetMinutes }: Dto<'ProofDto'>): string {
  const parts = [
    ...(budgetBytes === null ? [] : [bytes(budgetBytes)]),
    ...(budgetMinutes === null ? [] : [plural(budgetMinutes, 'minute')]),
  ];
  return parts.length === 0 ? 'as much as that takes' : `${parts.join(' and ')} of each storage`;
}

function EditProof({ proof, onClose }: { proof: Dto<'ProofDto'>; onClose: () => void }) {
  const [days, setDays] = useState(String(proof.everyDays));
  const [budgetBytes, setBytes] = useState(proof.budgetBytes);
  const [minutes, setMinutes] = useState(proof.budgetMinutes === null ? '' : String(proof.budgetMinutes));
  const save = useAction(
    () =>
      ask(
        api.PUT('/proof', {
          body: {
            everyDays: Number(days),
            budgetBytes,
            budgetMinutes: minutes.trim() === '' ? null : Number(minutes),
          },
        }),
      ),
    { success: 'Saved.', invalidates: ['proof'] },
  );
  return (
    <FormDialog
      title="Reading back"
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      onSubmit={() => void save.run().then((saved) => saved !== undefined && onClose())}
      onClose={onClose}
    >
      <TextInput
        label="Read everything within (days)"
        type="number"
        min={1}
        required
        value={days}
        onInput={setDays}
        error={save.error?.fields.get('everyDays')}
      />
      <BytesInput
        label="At most this much a day (optional)"
        hint="Of each storage. Empty: as much as it takes. If it is too little for the days above, the page of the storage says so."
        initial={proof.budgetBytes}
        onChange={setBytes}
        error={save.error?.fields.get('budgetBytes')}
      />
      <TextInput
        label="At most this many minutes a day (optional)"
        type="number"
        min={1}
        value={minutes}
        onInput={setMinutes}
        error={save.error?.fields.get('budgetMinutes')}
      />
    </FormDialog>
  );
}
