import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { TextInput } from '../../ui/text-input.tsx';

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
    <Dialog title="Pin this backup" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void pin.run();
        }}
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
        <ProblemView problem={pin.error} />
        <div class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" pending={pin.pending}>
            Pin
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
