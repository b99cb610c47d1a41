import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { PasswordForm } from './password-form.tsx';

/** Signing in with the password alone again. */
export function RemoveFactorDialog({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState('');
  const remove = useAction(
    async (password: string) => {
      await ask(api.DELETE('/account/second-factor', { body: { password, code: code.trim() } }));
      onClose();
    },
    { success: 'The second factor is removed.' },
  );
  return (
    <Dialog title="Remove the second factor" onClose={onClose}>
      <PasswordForm
        action="Remove it"
        danger
        pending={remove.pending}
        error={remove.error}
        onPassword={remove.run}
        onClose={onClose}
      >
        <p>Your password alone signs you in then.</p>
        <TextInput
          label="Code"
          hint="Of the app, or a recovery code."
          value={code}
          onInput={setCode}
          autocomplete="one-time-code"
          spellcheck={false}
          mono
          required
        />
      </PasswordForm>
    </Dialog>
  );
}
