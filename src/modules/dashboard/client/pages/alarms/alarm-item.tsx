import { Check } from 'lucide-preact';
import { Link } from 'wouter-preact';
import type { Dto } from '../../api/client.ts';
import { ALARM_KINDS } from '../../lib/alarm-kinds.ts';
import { SiteName } from '../../parts/site-picker.tsx';
import { Badge, StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Prose } from '../../ui/prose.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

interface AlarmItemProps {
  alarm: Dto<'AlarmDto'>;
  /** Null = the user may not. */
  onAcknowledge: (() => void) | null;
  pending: boolean;
}

/** One alarm: what is wrong, what to do, since when. */
export function AlarmItem({ alarm, onAcknowledge, pending }: AlarmItemProps) {
  const { severity, kind, message, hint, siteId, raisedAt, clearedAt, acknowledgedAt, acknowledgedBy } = alarm;
  return (
    <li class="alarm">
      <div class="grow stack-tight">
        <div class="row">
          {clearedAt === null ? (
            <StatusBadge tone={severity}>{severity === 'critical' ? 'Critical' : 'Warning'}</StatusBadge>
          ) : (
            <StatusBadge tone="ok">Over</StatusBadge>
          )}
          <span class="muted small">{ALARM_KINDS[kind]}</span>
          {acknowledgedAt !== null && clearedAt === null && (
            <Badge>Acknowledged{acknowledgedBy === null ? '' : ` by ${acknowledgedBy}`}</Badge>
          )}
        </div>
        <p class="alarm-message">
          <Prose text={message} />
        </p>
        {hint !== null && clearedAt === null && (
          <p class="muted">
            <Prose text={hint} />
          </p>
        )}
        <p class="muted small row">
          {siteId !== null && (
            <Link href={`/sites/${siteId}`}>
              <SiteName id={siteId} />
            </Link>
          )}
          <span>
            Since <RelativeTime at={raisedAt} />
            {clearedAt !== null && (
              <>
                {' '}
                until <RelativeTime at={clearedAt} />
              </>
            )}
          </span>
        </p>
      </div>
      {onAcknowledge !== null && clearedAt === null && acknowledgedAt === null && (
        <Button
          size="small"
          icon={<Check class="icon icon-small" aria-hidden="true" />}
          disabled={pending}
          onClick={onAcknowledge}
        >
          Acknowledge
        </Button>
      )}
    </li>
  );
}
