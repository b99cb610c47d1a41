import { useState } from 'preact/hooks';
import { resetPassword } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { EntryFrame } from '../../shell/entry-frame.tsx';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Notice } from '../../ui/notice.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { FormError } from '../../ui/problem-view.tsx';

/** Where the link of a reset leads: choose a new password. */
export function ResetPage({ params }: PageParams) {
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const reset = useAction(async () => {
    await resetPassword(params['token'] ?? '', password);
    setDone(true);
  });
  return (
    <EntryFrame title="New password">
      <Card>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void reset.run();
          }}
        >
          <h1>New password</h1>
          {done ? (
            <>
              <Notice>
                <p>The password is changed. All sessions of this account have ended.</p>
              </Notice>
              <ButtonLink to="/" kind="primary">
                Sign in
              </ButtonLink>
            </>
          ) : (
            <>
              <PasswordInput
                label="New password"
                hint="At least 10 characters."
                value={password}
                onInput={setPassword}
                autocomplete="new-password"
                error={reset.error?.fields.get('password')}
                required
              />
              <FormError problem={reset.error} fields={['password']} />
              <Button type="submit" kind="primary" pending={reset.pending}>
                Save the new password
              </Button>
            </>
          )}
        </form>
      </Card>
    </EntryFrame>
  );
}
