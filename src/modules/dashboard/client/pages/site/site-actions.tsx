import { useState } from 'preact/hooks';
import { ArchiveRestore, CirclePause, CirclePlay, HardDriveUpload, Trash2 } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may, mayWholeServer } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Menu } from '../../ui/menu.tsx';

type Site = Dto<'SiteDto'>;

interface SiteActionsProps {
  site: Site;
  /** What a restore would be made of. */
  newestGoodId: string | undefined;
}

const icon = (Icon: typeof Trash2) => <Icon class="icon icon-small" aria-hidden="true" />;

/** What can be done with the site, as far as the user may. */
export function SiteActions({ site, newestGoodId }: SiteActionsProps) {
  const { id, paused } = site;
  const [forgets, setForgets] = useState(false);
  const backUp = useAction(
    async (full: boolean) => ask(api.POST('/sites/{id}/backups', { params: { path: { id } }, body: { full } })),
    { success: 'The backup has begun.', invalidates: ['jobs'], errorToast: true },
  );
  const pause = useAction(async () => ask(api.POST('/sites/{id}/pause', { params: { path: { id } } })), {
    success: 'Paused. Nothing is backed up until you resume it.',
    invalidates: ['sites', 'status'],
    errorToast: true,
  });
  const resume = useAction(async () => ask(api.POST('/sites/{id}/resume', { params: { path: { id } } })), {
    success: 'Resumed.',
    invalidates: ['sites', 'status'],
    errorToast: true,
  });
  if (!may('operator')) return null;
  return (
    <>
      {newestGoodId !== undefined && (
        <ButtonLink to={`/backups/${newestGoodId}/restore`} icon={icon(ArchiveRestore)}>
          Restore
        </ButtonLink>
      )}
      {paused ? (
        <Button kind="primary" icon={icon(CirclePlay)} pending={resume.pending} onClick={() => void resume.run()}>
          Resume
        </Button>
      ) : (
        <Button
          kind="primary"
          icon={icon(HardDriveUpload)}
          pending={backUp.pending}
          onClick={() => void backUp.run(false)}
        >
          Back up now
        </Button>
      )}
      <Menu
        label="More actions"
        items={[
          !paused && {
            title: 'Store everything anew',
            icon: icon(HardDriveUpload),
            onChoose: () => void backUp.run(true),
          },
          !paused && { title: 'Pause', icon: icon(CirclePause), onChoose: () => void pause.run() },
          mayWholeServer() && {
            title: 'Forget site…',
            icon: icon(Trash2),
            danger: true,
            onChoose: () => setForgets(true),
          },
        ]}
      />
      {forgets && <ForgetDialog site={site} onClose={() => setForgets(false)} />}
    </>
  );
}

function ForgetDialog({ site: { id, name }, onClose }: { site: Site; onClose: () => void }) {
  const [, navigate] = useLocation();
  const forget = useAction(
    async () => {
      await ask(api.DELETE('/sites/{id}', { params: { path: { id } } }));
      navigate('/sites');
    },
    { success: `${name} is forgotten. Its backups are still stored.` },
  );
  return (
    <ConfirmDialog
      title={`Forget ${name}`}
      action="Forget the site"
      typedName={name}
      danger
      pending={forget.pending}
      error={forget.error}
      onConfirm={() => void forget.run()}
      onClose={onClose}
    >
      <p>Its schedule ends, and its settings, secrets and alarms are removed here. The site itself is not touched.</p>
      <p>Its backups stay stored until you delete them, and no retention applies to them any more.</p>
    </ConfirmDialog>
  );
}
