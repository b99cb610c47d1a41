import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import './nodes.css';

/** How another host becomes a node: with a token that is made here, or by a code that is approved here. */
export function JoinDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const make = useAction(
    () =>
      ask(
        api.POST('/nodes/tokens', {
          body: { expiresInMinutes: 60, ...(name.trim() === '' ? {} : { name: name.trim() }) },
        }),
      ),
    { invalidates: ['nodes/tokens'] },
  );
  const [made, setMade] = useState<{ token: string; expiresAt: string } | null>(null);
  const master = location.origin;
  const command = `printf '%s' '${made?.token ?? ''}' | backupd node join ${master} --token-file -`;
  return (
    <Dialog title="Add a host" onClose={onClose} wide>
      <div class="stack">
        <p>
          Install backupd on the other host. It needs no open port: it asks this server for work. The host must reach{' '}
          <code>{master}</code>.
        </p>
        {location.protocol !== 'https:' && (
          <Notice tone="warning">
            <p>
              This page was opened without https. Other hosts join by https; use the address that they reach this server
              by.
            </p>
          </Notice>
        )}
        {made === null ? (
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void make.run().then((token) => token !== undefined && setMade(token));
            }}
          >
            <TextInput
              label="Name of the node (optional)"
              hint="Empty: as the host is called."
              value={name}
              onInput={setName}
              autocomplete="off"
              error={make.error?.fields.get('name')}
            />
            <ProblemView problem={make.error} />
            <div>
              <Button type="submit" kind="primary" pending={make.pending}>
                Make the command
              </Button>
            </div>
          </form>
        ) : (
          <div class="stack-tight">
            <p>Run this on the host, as the user of the service or as root:</p>
            <pre class="command">{command}</pre>
            <div class="row">
              <CopyButton text={command} label="Copy the command" />
              <span class="muted small">
                Good for one host, until <RelativeTime at={made.expiresAt} />. The token is shown this once.
              </span>
            </div>
          </div>
        )}
        <div class="stack-tight">
          <h3>Without a token</h3>
          <p class="muted">
            The host shows a short code and waits 15 minutes; it then appears on the page of the nodes to be approved.
          </p>
          <pre class="command">backupd node join {master}</pre>
        </div>
      </div>
      <div class="dialog-foot">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Dialog>
  );
}
