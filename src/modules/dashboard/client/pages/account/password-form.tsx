import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../../api/problem.ts';
import { user } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { FormError } from '../../ui/problem-view.tsx';

interface PasswordFormProps {
  /** What its button does. */
  action: string;
  danger?: boolean;
  pending: boolean;
  error: Problem | null;
  onPassword: (password: string) => unknown;
  onClose: () => void;
  /** Why, and fields besides. */
  children: ComponentChildren;
}

/** Asks for the password once more, before something that a person at a forgotten screen must not do. */
export function PasswordForm({
  action,
  danger = false,
  pending,
  error,
  onPassword,
  onClose,
  children,
}: PasswordFormProps) {
  const [password, setPassword] = useState('');
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onPassword(password);
      }}
    >
      {/* Password managers want to know whose it is. */}
      <input type="text" autocomplete="username" value={user.value?.name ?? ''} hidden readOnly />
      {children}
      <PasswordInput
        label="Your password"
        value={password}
        onInput={setPassword}
        autocomplete="current-password"
        error={error?.fields.get('password')}
        required
      />
      <FormError problem={error} fields={['password']} />
      <div class="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind={danger ? 'danger' : 'primary'} pending={pending}>
          {action}
        </Button>
      </div>
    </form>
  );
}
