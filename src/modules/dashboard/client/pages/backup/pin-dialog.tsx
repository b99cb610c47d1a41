import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { TextInput } from '../../ui/text-input.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

/** Pins the backup, with a word why. */
export function PinDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [note, setNote] = useState('');
  const pin = useAction(
    async () => {
      const pinNote = note.trim() === '' ? null : note.trim();
      await ask(api.PATCH('/backups/{id}', { params: { path: { id } }, body: { pinned: true, pinNote } }));
      onClose();
    },
    { success: 'Pinned.', invalidates: ['backups'] },
  );
  return (
    <FormDialog
      title="Pin this backup"
      action="Pin"
      pending={pin.pending}
      error={pin.error}
      fields={['pinNote']}
      onSubmit={() => void pin.run()}
      onClose={onClose}
    >
      <p>A pinned backup is kept until you unpin it: neither retention nor a quota deletes it.</p>
      <TextInput
        label="Why (optional)"
        value={note}
        onInput={setNote}
        maxLength={200}
        placeholder="Before the relaunch"
        error={pin.error?.fields.get('pinNote')}
      />
    </FormDialog>
  );
}
