import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';

/** Deletes the backup from all storages. */
export function DeleteDialog({ backup, onClose }: { backup: Dto<'BackupDto'>; onClose: () => void }) {
  const { id, siteId, siteName, pinned } = backup;
  const [, navigate] = useLocation();
  const [force, setForce] = useState(false);
  const remove = useAction(
    async () => {
      await ask(api.DELETE('/backups/{id}', { params: { path: { id }, query: { force } } }));
      navigate(`/sites/${siteId}`);
    },
    { success: 'The backup is deleted.', invalidates: ['backups', 'sites'] },
  );
  const isNewest = remove.error?.code === 'BACKUP_NEWEST';
  const [asked, setAsked] = useState(false);
  if (isNewest && !asked) setAsked(true);
  return (
    <ConfirmDialog
      title="Delete this backup"
      action="Delete the backup"
      typedName={siteName}
      danger
      pending={remove.pending}
      error={isNewest ? null : remove.error}
      onConfirm={() => void remove.run()}
      onClose={onClose}
    >
      <p>It goes from all storages and can’t be brought back. Other backups of {siteName} stay whole.</p>
      {pinned && <p>It is pinned: unpin it first.</p>}
      {asked && (
        <>
          <p>
            <strong>This is the newest good backup of the site.</strong> Nothing was deleted. Without it there may be no
            way back to the present state.
          </p>
          <Checkbox label="Delete it all the same" checked={force} onChange={setForce} />
        </>
      )}
    </ConfirmDialog>
  );
}
