import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { loadSession, type Role, user as signedIn } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { ROLE_NAMES, ROLES } from '../../lib/roles.ts';
import { PasswordInput } from '../../ui/password-input.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { reachOf, RestrictionChooser, restrictionOf, type Reach } from './restriction-chooser.tsx';
import type { HandedLink } from './users-tab.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

const FIELDS = ['name', 'email', 'role', 'password'];

interface UserDialogProps {
  /** Null = a new one. */
  user: Dto<'UserDto'> | null;
  /** A new user without a password gets a link. */
  onLink: (link: HandedLink) => void;
  onClose: () => void;
}

/** Makes a user, or changes one. */
export function UserDialog({ user, onLink, onClose }: UserDialogProps) {
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [role, setRole] = useState<Role>(user?.role ?? 'viewer');
  const [reach, setReach] = useState<Reach>(reachOf(user?.restriction ?? null));
  const [password, setPassword] = useState('');
  const isSelf = user !== null && user.id === signedIn.value?.id;

  const save = useAction(
    async () => {
      const trimmed = email.trim();
      const given = {
        name: name.trim(),
        email: trimmed === '' ? null : trimmed,
        role,
        restriction: role === 'admin' ? null : restrictionOf(reach),
      };
      if (user !== null) {
        await ask(api.PATCH('/users/{id}', { params: { path: { id: user.id } }, body: given }));
        if (isSelf) await loadSession();
      } else {
        const { reset } = await ask(
          api.POST('/users', { body: { ...given, ...(password === '' ? {} : { password }) } }),
        );
        if (reset !== null) onLink({ name: given.name, link: reset });
      }
      onClose();
    },
    { success: user === null ? 'The user is added.' : 'Saved.', invalidates: ['users'] },
  );
  const isIncomplete = role !== 'admin' && reach.kind !== 'all' && reach[reach.kind].length === 0;
  return (
    <FormDialog
      title={user === null ? 'Add a user' : `Edit ${user.name}`}
      action={user === null ? 'Add the user' : 'Save'}
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      disabled={isIncomplete}
      onSubmit={() => void save.run()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        hint="To sign in with."
        value={name}
        onInput={setName}
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
        error={save.error?.fields.get('name')}
        required
      />
      <TextInput
        label="E-mail address"
        hint="Can be left empty."
        type="email"
        value={email}
        onInput={setEmail}
        autocomplete="off"
        error={save.error?.fields.get('email')}
      />
      <RadioGroup
        label="Role"
        value={role}
        onChange={setRole}
        options={ROLE_NAMES.map((value) => ({ value, title: ROLES[value].title, hint: ROLES[value].about }))}
      />
      {role === 'admin' ? (
        <p class="muted small">Administrators always see all sites.</p>
      ) : (
        <RestrictionChooser reach={reach} onChange={setReach} />
      )}
      {user === null && (
        <PasswordInput
          label="Password"
          hint="At least 10 characters. Leave it empty to get a link with which the user chooses one."
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          error={save.error?.fields.get('password')}
        />
      )}
    </FormDialog>
  );
}
