import { useState } from 'preact/hooks';
import { Download } from 'lucide-preact';
import { user } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { downloadText } from '../../ui/download.ts';
import { showToast } from '../../ui/toasts.tsx';
import './account.css';

/** What the cross and Esc do while codes are shown that nobody can show again. */
export function keepFirst(): void {
  showToast('Keep the codes first, then choose “Done”.');
}

/** New recovery codes, which the server shows this once. `onDone` when the person says that they are kept. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const [kept, setKept] = useState(false);
  const text = `${codes.join('\n')}\n`;
  const name = user.value?.name ?? 'backupd';
  return (
    <div class="stack">
      <p>
        Each of these codes signs you in once when you do not have the app at hand. They are shown this once. Keep them
        where you keep passwords.
      </p>
      <ol class="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="row">
        <CopyButton text={text} label="Copy all" />
        <Button
          size="small"
          icon={<Download class="icon icon-small" aria-hidden="true" />}
          onClick={() =>
            downloadText(
              `backupd-recovery-codes-${name.replaceAll(/[^\w.-]+/g, '_')}.txt`,
              `Recovery codes of ${name} at ${location.host}\nEach works once.\n\n${text}`,
            )
          }
        >
          Download
        </Button>
      </div>
      <Checkbox label="I have kept them" checked={kept} onChange={setKept} />
      <div class="row row-end">
        <Button kind="primary" disabled={!kept} onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
