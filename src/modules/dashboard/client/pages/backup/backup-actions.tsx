import { useState } from 'preact/hooks';
import { ArchiveRestore, Download, Pin, PinOff, ShieldCheck, Trash2 } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { download } from './download.ts';
import { PinDialog } from './pin-dialog.tsx';

type Backup = Dto<'BackupDto'>;

const icon = (Icon: typeof Pin) => <Icon class="icon icon-small" aria-hidden="true" />;

/** What can be done with the backup, as far as the user may. */
export function BackupActions({ backup }: { backup: Backup }) {
  const { id, pinned, expiresAt } = backup;
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<'pin' | 'delete' | null>(null);
  const close = (): void => setOpen(null);
  const verify = useAction(
    async () => {
      const job = await ask(
        api.POST('/backups/{id}/verify', { params: { path: { id } }, body: { level: 'full', on: 'master' } }),
      );
      navigate(`/jobs/${job.id}`);
    },
    { success: 'The check has begun: every byte is read back.', invalidates: ['jobs'], errorToast: true },
  );
  const keep = useAction(async () => ask(api.POST('/backups/{id}/keep', { params: { path: { id } } })), {
    success: 'Kept: it is pinned now.',
    invalidates: ['backups'],
    errorToast: true,
  });
  const unpin = useAction(
    async () => ask(api.PATCH('/backups/{id}', { params: { path: { id } }, body: { pinned: false } })),
    { success: 'Unpinned. Retention decides again.', invalidates: ['backups'], errorToast: true },
  );
  if (!may('operator')) return null;
  return (
    <>
      {expiresAt !== null && (
        <Button icon={icon(Pin)} pending={keep.pending} onClick={() => void keep.run()}>
          Keep
        </Button>
      )}
      <Button icon={icon(ShieldCheck)} pending={verify.pending} onClick={() => void verify.run()}>
        Verify now
      </Button>
      <ButtonLink to={`/backups/${id}/restore`} kind="primary" icon={icon(ArchiveRestore)}>
        Restore
      </ButtonLink>
      <Menu
        label="More actions"
        items={[
          pinned
            ? { title: 'Unpin', icon: icon(PinOff), onChoose: () => void unpin.run() }
            : { title: 'Pin…', icon: icon(Pin), onChoose: () => setOpen('pin') },
          { title: 'Download whole', icon: icon(Download), onChoose: () => download(`/backups/${id}/download`) },
          may('admin') && {
            title: 'Delete…',
            icon: icon(Trash2),
            danger: true,
            onChoose: () => setOpen('delete'),
          },
        ]}
      />
      {open === 'pin' && <PinDialog id={id} onClose={close} />}
      {open === 'delete' && <DeleteDialog backup={backup} onClose={close} />}
    </>
  );
}
