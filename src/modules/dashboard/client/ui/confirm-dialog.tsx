import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Problem } from '../api/problem.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextInput } from './text-input.tsx';
import { ProblemView } from './problem-view.tsx';

interface ConfirmDialogProps {
  title: string;
  /** What the button does, as a verb: `Delete the site`. */
  action: string;
  /** What has to be typed, where it can't be taken back: the name of the thing. */
  typedName?: string;
  /** It takes something away. */
  danger?: boolean;
  pending: boolean;
  error: Problem | null;
  onConfirm: () => void;
  onClose: () => void;
  /** What will happen. */
  children: ComponentChildren;
}

/** Asks before something is done. */
export function ConfirmDialog({
  title,
  action,
  typedName,
  danger = false,
  pending,
  error,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const isReady = typedName === undefined || typed.trim() === typedName.trim();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onConfirm();
        }}
      >
        <div class="stack-tight">{children}</div>
        {typedName !== undefined && (
          <TextInput
            label={`Type “${typedName}” to confirm`}
            value={typed}
            onInput={setTyped}
            autocomplete="off"
            spellcheck={false}
          />
        )}
        <ProblemView problem={error} />
        <div class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind={danger ? 'danger' : 'primary'} pending={pending} disabled={!isReady}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
