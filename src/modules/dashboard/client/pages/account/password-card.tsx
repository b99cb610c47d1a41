import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { user } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { FormError } from '../../ui/problem-view.tsx';

/** Another password; the other sessions end with it. */
export function PasswordCard() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const save = useAction(
    async () => {
      await ask(api.PUT('/account/password', { body: { current, password } }));
      setCurrent('');
      setPassword('');
    },
    { success: 'The password is changed. Your other sessions have ended.', invalidates: ['account/sessions'] },
  );
  return (
    <Card title="Password">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        {/* Password managers want to know whose it is. */}
        <input type="text" autocomplete="username" value={user.value?.name ?? ''} hidden readOnly />
        <PasswordInput
          label="Current password"
          value={current}
          onInput={setCurrent}
          autocomplete="current-password"
          error={save.error?.fields.get('current')}
          required
        />
        <PasswordInput
          label="New password"
          hint="At least 10 characters. Your other sessions end."
          value={password}
          onInput={setPassword}
          autocomplete="new-password"
          error={save.error?.fields.get('password')}
          required
        />
        <FormError problem={save.error} fields={['current', 'password']} />
        <div>
          <Button type="submit" pending={save.pending}>
            Change the password
          </Button>
        </div>
      </form>
    </Card>
  );
}
