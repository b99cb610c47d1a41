import { useEffect, useRef, useState } from 'preact/hooks';
import { session, signIn } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { EntryFrame } from '../../shell/entry-frame.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { ForgotPassword } from './forgot-password.tsx';

const ASKS_FOR_CODE = new Set(['SECOND_FACTOR_NEEDED', 'SECOND_FACTOR_INVALID']);

/** In the place of every page while nobody is signed in; the place in the address stays, and is shown afterwards. */
export function SignInPage() {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [forgotten, setForgotten] = useState(false);
  const enter = useAction(signIn);
  const codeField = useRef<HTMLDivElement>(null);
  const asksForCode = enter.error !== null && ASKS_FOR_CODE.has(enter.error.code);
  useEffect(() => {
    if (asksForCode) setCode((known) => known ?? '');
  }, [asksForCode]);
  useEffect(() => {
    if (code === '') codeField.current?.querySelector('input')?.focus();
  }, [code === '']);

  if (forgotten) return <ForgotPassword onBack={() => setForgotten(false)} />;
  // That a code is needed is no fault.
  const problem = enter.error?.code === 'SECOND_FACTOR_NEEDED' ? null : enter.error;
  return (
    <EntryFrame title="Sign in">
      <Card>
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void enter.run(name, password, code === null || code.trim() === '' ? undefined : code.trim());
          }}
        >
          <div>
            <h1>{code === null ? 'Sign in' : 'One more step'}</h1>
            {code !== null && <p class="muted">Enter the code that your authenticator app shows now.</p>}
          </div>
          {code === null ? (
            <>
              <TextInput
                label="Name or e-mail address"
                value={name}
                onInput={setName}
                autocomplete="username"
                spellcheck={false}
                required
              />
              <PasswordInput
                label="Password"
                value={password}
                onInput={setPassword}
                autocomplete="current-password"
                required
              />
            </>
          ) : (
            <div ref={codeField}>
              <TextInput
                label="Code"
                hint="Without the app: one of your recovery codes. Each works once."
                value={code}
                onInput={setCode}
                autocomplete="one-time-code"
                spellcheck={false}
                mono
                required
              />
            </div>
          )}
          <ProblemView problem={problem} />
          <Button type="submit" kind="primary" pending={enter.pending}>
            Sign in
          </Button>
          {code === null ? (
            <Button kind="quiet" size="small" onClick={() => setForgotten(true)}>
              Forgot the password?
            </Button>
          ) : (
            <Button
              kind="quiet"
              size="small"
              onClick={() => {
                setCode(null);
                enter.reset();
              }}
            >
              Use another account
            </Button>
          )}
        </form>
      </Card>
      {session.value?.setupNeeded === true && (
        <p class="muted small entry-note">
          There is no account yet. The server has printed a link at its start with which the first one is made.
        </p>
      )}
    </EntryFrame>
  );
}
