import type { ComponentChildren } from 'preact';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';

interface ConfirmActionProps {
  title: string;
  /** What the button does, as a verb. */
  action: string;
  /** What a toast says when it is done. */
  success?: string;
  /** Has to be typed first. */
  typedName?: string;
  danger?: boolean;
  /** Keys of queries that it changes. */
  invalidates: readonly string[];
  act: () => Promise<unknown>;
  onClose: () => void;
  /** What will happen. */
  children: ComponentChildren;
}

/** Asks, does it, says that it is done, and closes; stays with the reason when it can't be done. */
export function ConfirmAction({ act, success, invalidates, onClose, ...rest }: ConfirmActionProps) {
  const action = useAction(
    async () => {
      await act();
      onClose();
    },
    { ...(success === undefined ? {} : { success }), invalidates },
  );
  return (
    <ConfirmDialog
      {...rest}
      pending={action.pending}
      error={action.error}
      onConfirm={() => void action.run()}
      onClose={onClose}
    />
  );
}
