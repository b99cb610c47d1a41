import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import type { HandedLink } from './users-tab.tsx';
import './users.css';

/** A link by which a user sets the password, for the administrator to hand over. */
export function LinkDialog({ name, link, onClose }: HandedLink & { onClose: () => void }) {
  const url = `${location.origin}/#/reset/${link.token}`;
  return (
    <Dialog
      title={`Link for ${name}`}
      onClose={onClose}
      footer={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div class="stack">
        <p>Hand this link over to {name}, who chooses a password with it. It works once.</p>
        <div class="secret-box">
          <code>{url}</code>
          <CopyButton text={url} label="Copy the link" />
        </div>
        <Notice>
          <p>
            It is shown this once and ends <RelativeTime at={link.expiresAt} />. Who has it can sign in as {name}, so
            send it where nobody else reads along.
          </p>
        </Notice>
      </div>
    </Dialog>
  );
}
