import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { session, user } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { FormError } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';

/** The address that links for a forgotten password go to. */
export function EmailCard() {
  const now = user.value?.email ?? '';
  const [email, setEmail] = useState(now);
  const save = useAction(
    async () => {
      const trimmed = email.trim();
      session.value = await ask(api.PATCH('/account', { body: { email: trimmed === '' ? null : trimmed } }));
      setEmail(trimmed);
    },
    { success: 'Saved.' },
  );
  const canSend = session.value?.resetByEmail === true;
  return (
    <Card title="E-mail address">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <TextInput
          label="Your address"
          hint={
            canSend
              ? 'A link for a forgotten password is sent there. You can also sign in with it.'
              : 'You can also sign in with it. This server sends no mail to users: for a forgotten password, an administrator makes a link.'
          }
          type="email"
          value={email}
          onInput={setEmail}
          autocomplete="email"
          error={save.error?.fields.get('email')}
        />
        <FormError problem={save.error} fields={['email']} />
        <div>
          <Button type="submit" pending={save.pending} disabled={email.trim() === now}>
            Save the address
          </Button>
        </div>
      </form>
    </Card>
  );
}
