import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/problem-view.tsx';

const NONE: readonly string[] = [];

interface FormDialogProps {
  title: string;
  /** What its button does; `Save` when absent. */
  action?: string;
  wide?: boolean;
  pending: boolean;
  error: Problem | null;
  /** Fields that show their faults themselves. */
  fields?: readonly string[];
  disabled?: boolean;
  /** Another button, before its two. */
  extra?: ComponentChildren;
  onSubmit: () => unknown;
  onClose: () => void;
  children: ComponentChildren;
}

/** A dialog with a form, what went wrong with it, and its two buttons. */
export function FormDialog({
  title,
  action = 'Save',
  wide = false,
  pending,
  error,
  fields = NONE,
  disabled = false,
  extra,
  onSubmit,
  onClose,
  children,
}: FormDialogProps) {
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <FormError problem={error} fields={fields} />
        <div class="dialog-foot">
          {extra}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" pending={pending} disabled={disabled}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
