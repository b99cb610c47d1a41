import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { BackUpNow } from '../../parts/back-up-now.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';

type Alarm = Dto<'AlarmDto'>;

/** Why a backup failed, where the site itself is gone or broken: another backup would fail too, an earlier one brings it back. */
const BROKEN_SITE = new Set([
  'DATABASE_NOT_FOUND',
  'DATABASE_TABLES_MISSING',
  'DATABASE_TABLE_CRASHED',
  'DATABASE_UNKNOWN',
  'NOT_A_SITE',
  'PATH_NOT_FOUND',
  'SITE_UNREADABLE',
  'SQLITE_UNREADABLE',
]);

/** The one thing that helps most against an alarm. */
export function AlarmAction({ alarm, siteName }: { alarm: Alarm; siteName: string | undefined }) {
  const canAct = may('operator');
  switch (alarm.kind) {
    case 'backup.overdue':
    case 'backup.failed':
    case 'backup.partial':
    case 'backup.shrunk':
      if (alarm.siteId === null) return null;
      if (canAct && BROKEN_SITE.has(String(alarm.context['code']))) return <Restore siteId={alarm.siteId} />;
      return canAct ? (
        <BackUpNow siteId={alarm.siteId} siteName={siteName ?? 'the site'} />
      ) : (
        <ButtonLink size="small" to={`/sites/${alarm.siteId}`}>
          Open the site
        </ButtonLink>
      );
    case 'copy.damaged':
      return alarm.siteId !== null && canAct ? <Repair siteId={alarm.siteId} /> : null;
    case 'proof.overdue':
      return canAct ? <ReadNow /> : null;
    case 'site.vanished':
      return alarm.siteId === null ? null : (
        <ButtonLink size="small" to={`/sites/${alarm.siteId}`}>
          Open the site
        </ButtonLink>
      );
    case 'quota.near':
    case 'storage.unreachable':
    case 'disk.low':
      return (
        <ButtonLink size="small" to="/storage">
          Open storage
        </ButtonLink>
      );
    case 'node.offline':
      return (
        <ButtonLink size="small" to="/nodes">
          Open nodes
        </ButtonLink>
      );
    case 'notification.undelivered':
      return (
        <ButtonLink size="small" to="/notifications">
          Open notifications
        </ButtonLink>
      );
  }
}

function Restore({ siteId }: { siteId: string }) {
  const site = useQuery(`sites/${siteId}`, (signal) =>
    ask(api.GET('/sites/{id}', { params: { path: { id: siteId } }, signal })),
  );
  const backup = site.data?.lastBackup ?? null;
  return (
    <ButtonLink size="small" to={backup === null ? `/sites/${siteId}` : `/backups/${backup.id}/restore`}>
      {backup === null ? 'Open the site' : 'Restore'}
    </ButtonLink>
  );
}

function Repair({ siteId }: { siteId: string }) {
  const repair = useAction(() => ask(api.POST('/sites/{id}/repair', { params: { path: { id: siteId } } })), {
    success: 'The repair is on its way.',
    invalidates: ['jobs'],
    errorToast: true,
  });
  return (
    <Button size="small" pending={repair.pending} onClick={() => void repair.run()}>
      Repair
    </Button>
  );
}

function ReadNow() {
  const read = useAction(() => ask(api.POST('/proof/run', { body: {} })), {
    success: 'Stored backups are being read back.',
    invalidates: ['proof'],
    errorToast: true,
  });
  return (
    <Button size="small" pending={read.pending} onClick={() => void read.run()}>
      Read them now
    </Button>
  );
}
