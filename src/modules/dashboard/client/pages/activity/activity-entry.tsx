import { Bot, ChevronRight, CircleUser, KeyRound, ShieldX } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { words } from '../../lib/format.ts';
import { browserOf } from '../../lib/user-agent.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import type { Filters } from './activity-filters.tsx';

const ACTORS = {
  user: { icon: CircleUser, title: 'User' },
  token: { icon: KeyRound, title: 'Token' },
  system: { icon: Bot, title: 'backupd' },
  nobody: { icon: ShieldX, title: 'Nobody' },
};

interface ActivityEntryProps {
  entry: Dto<'AuditEntryDto'>;
  onFilter: (filters: Partial<Filters>) => void;
}

/** One line of the log; it opens to all that is known. */
export function ActivityEntry({ entry, onFilter }: ActivityEntryProps) {
  const { actor, actorName, action, at, error, status, targetId, address, userAgent, role, details } = entry;
  const { icon: Icon, title } = ACTORS[actor];
  const who = actorName ?? title;
  const facts = Object.entries(details).map(([name, value]) => [words(name), shown(value)] as const);
  return (
    <li>
      <details class="activity-entry">
        <summary>
          <ChevronRight class="icon icon-small activity-arrow" aria-hidden="true" />
          <span class="activity-who truncate">
            <Icon class="icon icon-small" aria-hidden="true" />
            <span class="truncate">{who}</span>
          </span>
          <span class="activity-what">
            <code>{action}</code>
            {error !== null && <StatusBadge tone="warning">Refused</StatusBadge>}
          </span>
          <span class="muted small activity-when">
            <RelativeTime at={at} />
          </span>
        </summary>
        <div class="activity-details stack-tight">
          <DefinitionList
            items={[
              ['When', at],
              ['Who', `${title}${actorName === null ? '' : ` ${actorName}`}${role === null ? '' : ` (${role})`}`],
              ['From', address],
              [
                'With',
                userAgent === null ? null : (
                  <span key="with" title={userAgent}>
                    {browserOf(userAgent)}
                  </span>
                ),
              ],
              ['To what', targetId === null ? null : <code key="target">{targetId}</code>],
              ['Answer', status === null ? null : `${status}${error === null ? '' : ` ${error}`}`],
              ...facts,
            ]}
          />
          <div class="row">
            {actorName !== null && (
              <Button size="small" onClick={() => onFilter({ actor: actorName })}>
                All by {actorName}
              </Button>
            )}
            {targetId !== null && (
              <Button size="small" onClick={() => onFilter({ target: targetId })}>
                All done to this
              </Button>
            )}
          </div>
        </div>
      </details>
    </li>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
