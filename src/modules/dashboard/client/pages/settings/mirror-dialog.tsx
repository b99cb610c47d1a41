import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { TextInput } from '../../ui/text-input.tsx';

const FIELDS = ['accountId', 'databaseId', 'apiToken', 'serverId', 'baseUrl'];

/** Where the mirror is, and with which token it is written. */
export function MirrorDialog({ mirror, onClose }: { mirror: Dto<'MirrorDto'>; onClose: () => void }) {
  const [accountId, setAccountId] = useState(mirror.accountId ?? '');
  const [databaseId, setDatabaseId] = useState(mirror.databaseId ?? '');
  const [serverId, setServerId] = useState(mirror.serverId ?? '');
  const [baseUrl, setBaseUrl] = useState(mirror.baseUrl ?? '');
  const [apiToken, setApiToken] = useState('');
  const [enabled, setEnabled] = useState(mirror.enabled ?? true);
  const save = useAction(
    async () => {
      const optional = (name: string, value: string): Record<string, string> =>
        value.trim() === '' ? {} : { [name]: value.trim() };
      await ask(
        api.PUT('/mirror', {
          body: {
            enabled,
            accountId: accountId.trim(),
            databaseId: databaseId.trim(),
            ...optional('serverId', serverId),
            ...optional('baseUrl', baseUrl),
            ...optional('apiToken', apiToken),
          },
        }),
      );
      onClose();
    },
    { success: 'Saved. Test it now.', invalidates: ['mirror'] },
  );
  const fault = (name: string): string | undefined => save.error?.fields.get(name);
  return (
    <FormDialog
      title="Off-site mirror"
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      onSubmit={save.run}
      onClose={onClose}
    >
      <p class="muted">
        Make a D1 database at Cloudflare, and an API token with the one permission “Account · D1 · Edit”.
      </p>
      <TextInput
        label="Account id"
        value={accountId}
        onInput={setAccountId}
        spellcheck={false}
        mono
        required
        error={fault('accountId')}
      />
      <TextInput
        label="Database id"
        value={databaseId}
        onInput={setDatabaseId}
        spellcheck={false}
        mono
        required
        error={fault('databaseId')}
      />
      <PasswordInput
        label="API token"
        hint={mirror.configured ? 'Empty = the one it has.' : 'Sealed, and never shown again.'}
        value={apiToken}
        onInput={setApiToken}
        autocomplete="off"
        required={!mirror.configured}
        error={fault('apiToken')}
      />
      <TextInput
        label="Server name"
        hint="Names this server among those that share the database: never the same for two. One is made up when it is empty."
        value={serverId}
        onInput={setServerId}
        spellcheck={false}
        error={fault('serverId')}
      />
      <TextInput
        label="Address of the API"
        hint="Empty = Cloudflare’s."
        type="url"
        value={baseUrl}
        onInput={setBaseUrl}
        spellcheck={false}
        error={fault('baseUrl')}
      />
      <Checkbox label="Send changes" checked={enabled} onChange={setEnabled} />
    </FormDialog>
  );
}
