import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useQuery } from '../../api/use-query.ts';
import { ConfirmAction } from '../../parts/confirm-action.tsx';
import { withLocalTimes } from '../../lib/time.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { COUNTS, RetentionDialog } from './retention-dialog.tsx';

/** What is kept of every site without a policy of its own. */
export function RetentionCard() {
  const [open, setOpen] = useState<'edit' | 'none' | null>(null);
  const retention = useQuery('retention', (signal) => ask(api.GET('/retention', { signal })));
  const { data } = retention;
  const isAdmin = may('admin') && data !== undefined;
  return (
    <Card
      title="What is kept"
      actions={
        isAdmin && (
          <span class="row">
            {data.policy !== null && (
              <Button size="small" onClick={() => setOpen('none')}>
                Keep everything
              </Button>
            )}
            <Button size="small" kind={data.policy === null ? 'primary' : 'default'} onClick={() => setOpen('edit')}>
              {data.policy === null ? 'Set a policy' : 'Change'}
            </Button>
          </span>
        )
      }
    >
      <QueryView query={retention}>
        {({ policy, note, graceHours, deletes }) => (
          <div class="stack">
            <div class="row">
              <StatusBadge tone={deletes ? 'ok' : 'neutral'}>
                {deletes ? 'Policy set' : 'Nothing is deleted'}
              </StatusBadge>
            </div>
            <p>{withLocalTimes(note)}</p>
            {policy !== null && <DefinitionList items={policyItems(policy, graceHours)} />}
            <p class="muted small">
              The newest good backup of a site and pinned ones are always kept. Sites may have a policy of their own.
            </p>
          </div>
        )}
      </QueryView>
      {open === 'edit' && data !== undefined && <RetentionDialog retention={data} onClose={() => setOpen(null)} />}
      {open === 'none' && (
        <ConfirmAction
          title="Keep everything"
          action="Remove the policy"
          success="Nothing is deleted from now on."
          invalidates={['retention']}
          act={() => ask(api.DELETE('/retention'))}
          onClose={() => setOpen(null)}
        >
          <p>Sites without a policy of their own keep all backups from now on. Storage use grows without end.</p>
        </ConfirmAction>
      )}
    </Card>
  );
}

function policyItems(policy: Dto<'RetentionPolicyDto'>, graceHours: number): [string, string | null][] {
  return [
    ...COUNTS.map(([name, title]): [string, string | null] => {
      const value = policy[name];
      return [title, value === undefined || value === 0 ? null : String(value)];
    }),
    ['Younger than', policy.keepWithin ?? null],
    ['Days begin in', policy.timeZone ?? 'UTC'],
    ['Deleted', `${graceHours} h after no rule wants it`],
  ];
}
