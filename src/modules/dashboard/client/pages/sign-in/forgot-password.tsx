import { useState } from 'preact/hooks';
import { askForReset, session } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { EntryFrame } from '../../shell/entry-frame.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';

/** Asks for a link by e-mail, or says who else can help. */
export function ForgotPassword({ onBack }: { onBack: () => void }) {
  const [name, setName] = useState('');
  const [sent, setSent] = useState(false);
  const ask = useAction(async () => {
    await askForReset(name);
    setSent(true);
  });
  return (
    <EntryFrame title="Forgotten password">
      <Card>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void ask.run();
          }}
        >
          <h1>Forgotten password</h1>
          {session.value?.resetByEmail !== true ? (
            <Notice>
              <p>This server sends no e-mail. An administrator can give you a link to choose a new password.</p>
              <p>
                Who can sign in on the server itself makes one with{' '}
                <code>backupd users reset-password &lt;name&gt;</code>.
              </p>
            </Notice>
          ) : sent ? (
            <Notice>
              <p>
                If there is such an account with an e-mail address, a link is on its way to it. It works for an hour.
              </p>
            </Notice>
          ) : (
            <>
              <TextInput
                label="Name or e-mail address"
                value={name}
                onInput={setName}
                autocomplete="username"
                spellcheck={false}
                required
              />
              <ProblemView problem={ask.error} />
              <Button type="submit" kind="primary" pending={ask.pending}>
                Send a link
              </Button>
            </>
          )}
          <Button kind="quiet" size="small" onClick={onBack}>
            Back to sign in
          </Button>
        </form>
      </Card>
    </EntryFrame>
  );
}
