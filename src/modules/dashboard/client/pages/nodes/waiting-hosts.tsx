import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import './nodes.css';
import { FormDialog } from '../../parts/form-dialog.tsx';

/** Hosts that have asked to become nodes. Nothing where none waits. */
export function WaitingHosts() {
  const [approving, setApproving] = useState<Dto<'WaitingHostDto'> | null>(null);
  const waiting = useQuery(
    'nodes/requests',
    (signal) => ask(api.GET('/nodes/requests', { params: { query: { limit: 50, offset: 0 } }, signal })),
    { everyMs: 4000, refreshOn: ['node.joined'] },
  );
  const refuse = useAction((id: string) => ask(api.POST('/nodes/requests/{id}/refuse', { params: { path: { id } } })), {
    success: ({ name }) => `${name} was refused.`,
    invalidates: ['nodes'],
    errorToast: true,
  });
  const hosts = waiting.data?.items ?? [];
  if (hosts.length === 0) return null;
  return (
    <Card flush title="Hosts that want to join">
      <p class="card-body muted">
        Compare the code with the one on the host’s screen. Approve only what you began yourself: anybody who reaches
        this server may ask.
      </p>
      <div aria-live="polite">
        {hosts.map((host) => (
          <div key={host.id} class="waiting-host">
            <code class="host-code">{host.code}</code>
            <div class="grow">
              <strong>{host.name}</strong>
              <p class="muted small">
                {host.hostname}, from {host.address}, backupd {host.version}; asked <RelativeTime at={host.createdAt} />
                , ends <RelativeTime at={host.expiresAt} />
              </p>
            </div>
            {may('admin') && (
              <div class="row">
                <Button disabled={refuse.pending} onClick={() => void refuse.run(host.id)}>
                  Refuse
                </Button>
                <Button kind="primary" onClick={() => setApproving(host)}>
                  Approve
                </Button>
              </div>
            )}
          </div>
        ))}
      </div>
      {approving !== null && <Approve host={approving} onClose={() => setApproving(null)} />}
    </Card>
  );
}

function Approve({ host, onClose }: { host: Dto<'WaitingHostDto'>; onClose: () => void }) {
  const [name, setName] = useState(host.name);
  const approve = useAction(
    () =>
      ask(api.POST('/nodes/requests/{id}/approve', { params: { path: { id: host.id } }, body: { name: name.trim() } })),
    { success: (node) => `${node.name} is let in.`, invalidates: ['nodes'] },
  );
  return (
    <FormDialog
      title="Let this host in"
      action="The codes are equal: approve"
      pending={approve.pending}
      error={approve.error}
      fields={['name']}
      onSubmit={() => void approve.run().then((node) => node !== undefined && onClose())}
      onClose={onClose}
    >
      <p>The host shows this code now. If it shows another one, refuse it.</p>
      <div>
        <code class="host-code">{host.code}</code>
      </div>
      <TextInput
        label="Name of the node"
        hint="The name of a node whose key was revoked puts this host in its place, with its sites."
        value={name}
        onInput={setName}
        required
        error={approve.error?.fields.get('name')}
      />
    </FormDialog>
  );
}
