import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count, plural } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { proofOf } from './storage-state.ts';

/** How fresh the proofs of a storage are; operators can have it read now. */
export function ProofCard({ id }: { id: string }) {
  const proof = useQuery('proof', (signal) => ask(api.GET('/proof', { signal })), {
    everyMs: 10_000,
    refreshOn: ['job.completed'],
  });
  const run = useAction(() => ask(api.POST('/proof/run', { body: {} })), {
    success: 'Reading has begun, on all storages.',
    invalidates: ['proof'],
    errorToast: true,
  });
  const own = proof.data?.providers.find(({ providerId }) => providerId === id);
  return (
    <Card
      title="Read back"
      {...(may('operator') && own !== undefined && own.objects > 0
        ? {
            actions: (
              <Button size="small" pending={run.pending} disabled={own.running} onClick={() => void run.run()}>
                {own.running ? 'Reading' : 'Read now'}
              </Button>
            ),
          }
        : {})}
    >
      <QueryView query={proof}>
        {({ everyDays }) =>
          own === undefined || own.objects === 0 ? (
            <p class="muted">
              Nothing is stored here yet. What is will be read again within {plural(everyDays, 'day')}.
            </p>
          ) : (
            <Facts own={own} everyDays={everyDays} />
          )
        }
      </QueryView>
    </Card>
  );
}

function Facts({ own, everyDays }: { own: Dto<'ProviderProofDto'>; everyDays: number }) {
  const { tone, text } = proofOf(own, everyDays);
  return (
    <div class="stack">
      {own.guaranteed === false && (
        <Notice tone="warning">
          <p>
            The budget is too small to read everything within {plural(everyDays, 'day')}. It takes{' '}
            {bytes(own.needsBytesPerDay)} a day.
          </p>
        </Notice>
      )}
      <DefinitionList
        items={[
          [
            'State',
            <StatusBadge key="state" tone={tone}>
              {text}
            </StatusBadge>,
          ],
          ['Stored', `${plural(own.objects, 'object')}, ${bytes(own.bytes)}`],
          [`Read within ${plural(everyDays, 'day')}`, `${Math.floor(own.shareReadInTime * 100)} %`],
          ['Not read yet', own.neverRead === 0 ? null : count(own.neverRead)],
          ['Oldest proof', own.oldestProofAt === null ? null : <RelativeTime key="oldest" at={own.oldestProofAt} />],
          ['Damaged', own.damaged === 0 ? null : count(own.damaged)],
          ['Missing', own.missing === 0 ? null : count(own.missing)],
          ['Next by the plan', own.next === null ? null : <RelativeTime key="next" at={own.next.dueAt} />],
          [
            'Last reading',
            own.last === null ? null : (
              <>
                <RelativeTime at={own.last.finishedAt} />: {plural(own.last.objects, 'object')}, {bytes(own.last.bytes)}
                {own.last.error !== null && <span class="field-error">{own.last.error.message}</span>}
              </>
            ),
          ],
        ]}
      />
    </div>
  );
}
