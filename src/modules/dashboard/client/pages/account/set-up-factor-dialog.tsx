import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { QrCode } from '../../ui/qr-code.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { PasswordForm } from './password-form.tsx';
import { keepFirst, RecoveryCodes } from './recovery-codes.tsx';
import './account.css';

/** The three steps to a second factor: the password, the app, the recovery codes. */
export function SetUpFactorDialog({ onClose }: { onClose: () => void }) {
  const [factor, setFactor] = useState<Dto<'NewFactorDto'> | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useAction(async (password: string) =>
    setFactor(await ask(api.POST('/account/second-factor', { body: { password } }))),
  );
  if (codes !== null)
    return (
      <Dialog title="Keep your recovery codes" onClose={keepFirst}>
        <RecoveryCodes codes={codes} onDone={onClose} />
      </Dialog>
    );
  if (factor !== null)
    return (
      <Dialog title="Add it to your app" onClose={onClose}>
        <ConfirmStep factor={factor} onCodes={setCodes} onClose={onClose} />
      </Dialog>
    );
  return (
    <Dialog title="Set up a second factor" onClose={onClose}>
      <PasswordForm
        action="Continue"
        pending={begin.pending}
        error={begin.error}
        onPassword={begin.run}
        onClose={onClose}
      >
        <p>
          You need an app for one-time codes on your phone, such as Aegis, Google Authenticator or a password manager.
        </p>
      </PasswordForm>
    </Dialog>
  );
}

interface ConfirmStepProps {
  factor: Dto<'NewFactorDto'>;
  onCodes: (codes: string[]) => void;
  onClose: () => void;
}

function ConfirmStep({ factor, onCodes, onClose }: ConfirmStepProps) {
  const [code, setCode] = useState('');
  const confirm = useAction(async () => {
    const { recoveryCodes } = await ask(
      api.POST('/account/second-factor/confirm', { body: { code: code.replaceAll(/\s/g, '') } }),
    );
    onCodes(recoveryCodes);
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm.run();
      }}
    >
      <div class="factor-set-up">
        <QrCode text={factor.uri} label="QR code with the secret for the authenticator app" />
        <div class="factor-secret stack-tight">
          <p>Scan this with your authenticator app.</p>
          <p class="muted small">Or type in the secret:</p>
          <p>
            <code>{factor.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
          </p>
          <div>
            <CopyButton text={factor.secret} label="Copy the secret" />
          </div>
        </div>
      </div>
      <TextInput
        label="Code that the app shows now"
        hint="Six digits. Signing in needs a code from then on."
        value={code}
        onInput={setCode}
        autocomplete="one-time-code"
        inputMode="numeric"
        spellcheck={false}
        mono
        required
      />
      <ProblemView problem={confirm.error} />
      <div class="dialog-foot">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" pending={confirm.pending}>
          Turn it on
        </Button>
      </div>
    </form>
  );
}
