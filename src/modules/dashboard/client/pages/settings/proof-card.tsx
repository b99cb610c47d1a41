import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count, plural } from '../../lib/format.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TextInput } from '../../ui/text-input.tsx';

const GIGA = 1e9;

/** How often stored bytes are read back, and how that goes. */
export function ProofCard() {
  const [editing, setEditing] = useState(false);
  const proof = useQuery('proof', (signal) => ask(api.GET('/proof', { signal })), { everyMs: 30_000 });
  const run = useAction(() => ask(api.POST('/proof/run', { body: {} })), {
    success: 'Reading begins, with what was not read for longest.',
    invalidates: ['proof'],
    errorToast: true,
  });
  const { data } = proof;
  return (
    <Card
      title="Proof"
      actions={
        <span class="row">
          {may('operator') && (
            <Button size="small" pending={run.pending} onClick={() => void run.run()}>
              Read now
            </Button>
          )}
          {may('admin') && data !== undefined && (
            <Button size="small" onClick={() => setEditing(true)}>
              Change
            </Button>
          )}
        </span>
      }
    >
      <QueryView query={proof}>
        {({ everyDays, budgetBytes, budgetMinutes, providers }) => (
          <div class="stack">
            <p>
              Every stored byte is read again within {plural(everyDays, 'day')}, so that damage is found while another
              copy is good.
              {budgetBytes !== null && ` At most ${bytes(budgetBytes)} a day of each storage.`}
              {budgetMinutes !== null && ` At most ${budgetMinutes} min a day of each storage.`}
            </p>
            {providers.map((provider) => (
              <ProviderProof key={provider.providerId} provider={provider} />
            ))}
            {providers.length === 0 && <p class="muted">There is no storage yet.</p>}
          </div>
        )}
      </QueryView>
      {editing && data !== undefined && <ProofDialog proof={data} onClose={() => setEditing(false)} />}
    </Card>
  );
}

function ProviderProof({ provider }: { provider: Dto<'ProviderProofDto'> }) {
  const { providerName, objects, overdue, damaged, missing, neverRead, guaranteed, running, oldestProofAt } = provider;
  const bad = damaged + missing;
  return (
    <div class="stack-tight">
      <div class="row">
        <h3>{providerName}</h3>
        {bad > 0 ? (
          <StatusBadge tone="critical">{count(bad)} damaged or missing</StatusBadge>
        ) : overdue > 0 ? (
          <StatusBadge tone="warning">{count(overdue)} overdue</StatusBadge>
        ) : (
          <StatusBadge tone="ok">In time</StatusBadge>
        )}
        {running && <StatusBadge tone="active">Reading</StatusBadge>}
      </div>
      <DefinitionList
        items={[
          ['Stored', `${plural(objects, 'object')}, ${bytes(provider.bytes)}`],
          ['Not read yet', neverRead === 0 ? null : count(neverRead)],
          ['Oldest proof', <RelativeTime key="at" at={oldestProofAt} none="none yet" />],
          ['Takes', `${bytes(provider.needsBytesPerDay)} a day`],
          ['Budget', guaranteed === false ? 'too small to read everything in time' : null],
        ]}
      />
    </div>
  );
}

const FIELDS = ['everyDays', 'budgetBytes', 'budgetMinutes'];

function ProofDialog({ proof, onClose }: { proof: Dto<'ProofDto'>; onClose: () => void }) {
  const [days, setDays] = useState(String(proof.everyDays));
  const [giga, setGiga] = useState(proof.budgetBytes === null ? '' : String(proof.budgetBytes / GIGA));
  const [minutes, setMinutes] = useState(proof.budgetMinutes === null ? '' : String(proof.budgetMinutes));
  const save = useAction(
    async () => {
      await ask(
        api.PUT('/proof', {
          body: {
            everyDays: Number(days),
            budgetBytes: giga.trim() === '' ? null : Math.round(Number(giga) * GIGA),
            budgetMinutes: minutes.trim() === '' ? null : Number(minutes),
          },
        }),
      );
      onClose();
    },
    { success: 'Saved.', invalidates: ['proof'] },
  );
  return (
    <FormDialog
      title="Proof"
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      onSubmit={save.run}
      onClose={onClose}
    >
      <TextInput
        label="Read everything within, in days"
        type="number"
        min={1}
        max={3650}
        value={days}
        onInput={setDays}
        error={save.error?.fields.get('everyDays')}
        required
      />
      <TextInput
        label="At most a day and storage, in GB"
        hint="Empty = as much as it takes. A limit that is too small leaves some bytes unread for longer."
        type="number"
        min={0}
        step="any"
        value={giga}
        onInput={setGiga}
        error={save.error?.fields.get('budgetBytes')}
      />
      <TextInput
        label="At most a day and storage, in minutes"
        hint="Empty = as long as it takes."
        type="number"
        min={1}
        max={1440}
        value={minutes}
        onInput={setMinutes}
        error={save.error?.fields.get('budgetMinutes')}
      />
    </FormDialog>
  );
}
