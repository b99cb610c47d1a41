import { useState } from 'preact/hooks';
import { loadSession, user } from '../../api/session.ts';
import { plural } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Notice } from '../../ui/notice.tsx';
import { NewCodesDialog } from './new-codes-dialog.tsx';
import { RemoveFactorDialog } from './remove-factor-dialog.tsx';
import { SetUpFactorDialog } from './set-up-factor-dialog.tsx';

const FEW_CODES = 3;

/** Whether signing in needs a code, and all that can be done about it. */
export function SecondFactorCard() {
  const [open, setOpen] = useState<'set up' | 'codes' | 'remove' | null>(null);
  const current = user.value;
  if (current === null) return null;
  const close = (): void => {
    setOpen(null);
    void loadSession();
  };
  const { secondFactor, recoveryCodesLeft } = current;
  return (
    <Card
      title="Second factor"
      actions={<StatusBadge tone={secondFactor ? 'ok' : 'neutral'}>{secondFactor ? 'On' : 'Off'}</StatusBadge>}
    >
      <div class="stack">
        {secondFactor ? (
          <>
            <p>
              Signing in needs your password and a code of your authenticator app. You have{' '}
              {plural(recoveryCodesLeft, 'recovery code')} left.
            </p>
            {recoveryCodesLeft < FEW_CODES && (
              <Notice tone="warning">
                <p>Make new recovery codes before you need the last one.</p>
              </Notice>
            )}
            <div class="row">
              <Button onClick={() => setOpen('codes')}>New recovery codes</Button>
              <Button kind="danger" onClick={() => setOpen('remove')}>
                Remove the second factor
              </Button>
            </div>
          </>
        ) : (
          <>
            <p>
              With a second factor, who knows your password still can’t sign in: a code from an app on your phone is
              needed besides.
            </p>
            <div>
              <Button kind="primary" onClick={() => setOpen('set up')}>
                Set it up
              </Button>
            </div>
          </>
        )}
      </div>
      {open === 'set up' && <SetUpFactorDialog onClose={close} />}
      {open === 'codes' && <NewCodesDialog onClose={close} />}
      {open === 'remove' && <RemoveFactorDialog onClose={close} />}
    </Card>
  );
}
