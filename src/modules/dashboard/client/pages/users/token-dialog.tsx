import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import type { Role } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { ROLE_NAMES, ROLES } from '../../lib/roles.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import './users.css';
import { FormDialog } from '../../parts/form-dialog.tsx';

const DAY_MS = 86_400_000;
const LIVES = [
  { value: '0', title: 'Never' },
  { value: '30', title: 'In 30 days' },
  { value: '90', title: 'In 90 days' },
  { value: '365', title: 'In a year' },
] as const;

/** Makes a token and shows it, this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [days, setDays] = useState<(typeof LIVES)[number]['value']>('0');
  const [token, setToken] = useState<string | null>(null);
  const make = useAction(
    async () => {
      const end = days === '0' ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
      setToken((await ask(api.POST('/tokens', { body: { name: name.trim(), role, ...end } }))).token);
    },
    { invalidates: ['tokens'] },
  );
  if (token !== null)
    return (
      <Dialog
        title={`The token ${name.trim()}`}
        onClose={onClose}
        footer={
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <div class="stack">
          <p>Copy it now: it is shown this once, and nobody can look it up later.</p>
          <div class="secret-box">
            <code>{token}</code>
            <CopyButton text={token} label="Copy the token" />
          </div>
          <p class="muted small">
            Programs send it as <code>Authorization: Bearer …</code>
          </p>
        </div>
      </Dialog>
    );
  return (
    <FormDialog
      title="Make a token"
      action="Make the token"
      pending={make.pending}
      error={make.error}
      fields={['name']}
      onSubmit={() => void make.run()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        hint="What it is for. The activity log shows it."
        value={name}
        onInput={setName}
        autocomplete="off"
        maxLength={100}
        error={make.error?.fields.get('name')}
        required
      />
      <RadioGroup
        label="Role"
        value={role}
        onChange={setRole}
        options={ROLE_NAMES.map((value) => ({ value, title: ROLES[value].title, hint: ROLES[value].about }))}
      />
      <Select label="Ends" value={days} onChange={setDays} options={LIVES} />
    </FormDialog>
  );
}
