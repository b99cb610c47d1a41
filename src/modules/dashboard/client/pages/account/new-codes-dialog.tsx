import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { PasswordForm } from './password-form.tsx';
import { keepFirst, RecoveryCodes } from './recovery-codes.tsx';

/** New recovery codes instead of the earlier ones. */
export function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const make = useAction(async (password: string) => {
    const { recoveryCodes } = await ask(api.POST('/account/recovery-codes', { body: { password } }));
    setCodes(recoveryCodes);
  });
  return (
    <Dialog
      title={codes === null ? 'New recovery codes' : 'Keep your recovery codes'}
      onClose={codes === null ? onClose : keepFirst}
    >
      {codes === null ? (
        <PasswordForm
          action="Make new codes"
          pending={make.pending}
          error={make.error}
          onPassword={make.run}
          onClose={onClose}
        >
          <p>The codes that you have now are worth nothing from then on.</p>
        </PasswordForm>
      ) : (
        <RecoveryCodes codes={codes} onDone={onClose} />
      )}
    </Dialog>
  );
}
