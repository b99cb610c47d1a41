import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { setUp } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { WizardFrame } from './wizard-frame.tsx';

const FIELDS = ['name', 'password', 'email'];

/** Where the link that the server prints at its first start leads: the first account. */
export function AccountPage({ params }: PageParams) {
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [email, setEmail] = useState('');
  const make = useAction(async () => {
    await setUp({
      code: params['code'] ?? '',
      name: name.trim(),
      password,
      ...(email.trim() === '' ? {} : { email: email.trim() }),
    });
    navigate('/first-run/scan');
  });
  const faults = make.error?.fields;
  const isWeak = make.error?.code === 'PASSWORD_WEAK';
  return (
    <WizardFrame
      step="account"
      title="Welcome to backupd"
      about="First your account. It may do everything; you can add others for your colleagues later."
    >
      <form
        class="stack narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void make.run();
        }}
      >
        <TextInput
          label="Name"
          value={name}
          onInput={setName}
          autocomplete="username"
          spellcheck={false}
          error={faults?.get('name')}
          required
        />
        <TextInput
          label="E-mail address (optional)"
          hint="For a link when the password is forgotten."
          type="email"
          value={email}
          onInput={setEmail}
          autocomplete="email"
          error={faults?.get('email')}
        />
        <PasswordInput
          label="Password"
          hint="At least 10 characters."
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          error={isWeak ? `${make.error?.message ?? ''} ${make.error?.hint ?? ''}` : faults?.get('password')}
          required
        />
        {!isWeak && <FormError problem={make.error} fields={FIELDS} />}
        <div class="row">
          <Button type="submit" kind="primary" pending={make.pending}>
            Create the account
          </Button>
          {make.error?.code === 'SETUP_DONE' && <ButtonLink to="/">Sign in</ButtonLink>}
        </div>
      </form>
    </WizardFrame>
  );
}
