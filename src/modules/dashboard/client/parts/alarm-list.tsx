import { Check } from 'lucide-preact';
import { api, ask, type Dto } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { forBrowser } from '../lib/hints.ts';
import { withLocalTimes } from '../lib/time.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import './alarm-list.css';

/** Alarms with what to do about each, and a button for who has seen it. */
export function AlarmList({ alarms }: { alarms: readonly Dto<'AlarmDto'>[] }) {
  const acknowledge = useAction(
    async (id: string) => ask(api.POST('/alarms/{id}/acknowledge', { params: { path: { id } } })),
    { success: 'Acknowledged. No more reminders of it.', invalidates: ['alarms', 'status'], errorToast: true },
  );
  return (
    <ul class="alarm-list">
      {alarms.map(({ id, severity, message, hint, raisedAt, acknowledgedAt, acknowledgedBy }) => (
        <li key={id} class="alarm">
          <StatusBadge tone={acknowledgedAt === null ? severity : 'neutral'}>
            {severity === 'critical' ? 'Critical' : 'Warning'}
          </StatusBadge>
          <div class="grow stack-tight">
            <p>{withLocalTimes(message)}</p>
            {hint !== null && <p class="muted">{forBrowser(hint)}</p>}
            <p class="muted small">
              Raised <RelativeTime at={raisedAt} />
              {acknowledgedAt !== null && (
                <>
                  {' · '}acknowledged <RelativeTime at={acknowledgedAt} />
                  {acknowledgedBy !== null && ` by ${acknowledgedBy}`}
                </>
              )}
            </p>
          </div>
          {acknowledgedAt === null && may('operator') && (
            <Button
              size="small"
              icon={<Check class="icon icon-small" aria-hidden="true" />}
              pending={acknowledge.pending}
              onClick={() => void acknowledge.run(id)}
            >
              Acknowledge
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
