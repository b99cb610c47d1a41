import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { mayWholeServer, may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, plural } from '../../lib/format.ts';
import { type Policy, policyWords } from '../../lib/retention.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Pager } from '../../ui/pager.tsx';
import { PolicyFields } from '../../ui/policy-fields.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { type Column, Table } from '../../ui/table.tsx';

const LIMIT = 50;
/** What the form begins with where the default can't be read, or nobody has set one. */
const SUGGESTED: Policy = { keepLast: 7, daily: 14, weekly: 8, monthly: 12, yearly: 3 };
const SOURCES = {
  site: 'Its own policy',
  default: 'The policy for all sites',
  none: 'No policy',
  preview: 'As in the form',
};

/** Which backups of the site stay and why, with its policy or with one that is being thought about. */
export function RetentionTab({ site }: SiteTabProps) {
  const [policy, setPolicy] = useState<Policy | null>(site.retention);
  const [offset, setOffset] = useState(0);
  const [applying, setApplying] = useState(false);
  const path = { id: site.id };
  const isChanged = JSON.stringify(policy) !== JSON.stringify(site.retention);
  const asked = isChanged && policy !== null ? policy : null;
  const retention = useQuery('retention', (signal) => ask(api.GET('/retention', { signal })), {
    enabled: mayWholeServer(),
  });
  // Without a policy of its own the default would hold: that is what is shown then.
  const shown = isChanged && policy === null ? (retention.data?.policy ?? null) : asked;
  const preview = useQuery(
    `sites/${site.id}/retention?offset=${offset}&policy=${JSON.stringify(shown)}`,
    (signal) => {
      const params = { path, query: { limit: LIMIT, offset } };
      return shown === null
        ? ask(api.GET('/sites/{id}/retention', { params, signal }))
        : ask(api.POST('/sites/{id}/retention/preview', { params, body: { policy: shown }, signal }));
    },
    { keepPrevious: true },
  );
  const save = useAction(() => ask(api.PATCH('/sites/{id}', { params: { path }, body: { retention: policy } })), {
    success: 'The policy is saved.',
    invalidates: ['sites'],
  });
  const apply = useAction(() => ask(api.POST('/sites/{id}/retention/apply', { params: { path } })), {
    success: ({ expired, removed }) => `Let go: ${expired}. Deleted: ${removed}.`,
    invalidates: ['sites', 'backups'],
  });
  const change = (next: Policy | null): void => {
    setPolicy(next);
    setOffset(0);
  };
  return (
    <div class="stack">
      {may('admin') && (
        <Card title="What is kept">
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void save.run();
            }}
          >
            <PolicyFields
              value={policy}
              onChange={change}
              suggested={retention.data?.suggested ?? SUGGESTED}
              without={`The policy for all sites${retention.data === undefined ? '' : `: ${retention.data.policy === null ? 'nobody has set one, everything is kept' : policyWords(retention.data.policy)}`}`}
            />
            <ProblemView problem={save.error} />
            <div class="row">
              <Button type="submit" kind="primary" pending={save.pending} disabled={!isChanged}>
                Save the policy
              </Button>
              {isChanged && <Button onClick={() => change(site.retention)}>Take back</Button>}
            </div>
          </form>
        </Card>
      )}
      <Card
        flush
        title={isChanged ? 'What it would do' : 'What stays and why'}
        {...(may('admin') && !isChanged
          ? {
              actions: (
                <Button size="small" onClick={() => setApplying(true)}>
                  Apply now
                </Button>
              ),
            }
          : {})}
      >
        <QueryView query={preview}>
          {(found) => (
            <>
              <div class="card-body" aria-live="polite">
                <p>
                  <strong>
                    {plural(found.kept, 'backup')} {found.kept === 1 ? 'stays' : 'stay'}, {found.expired}{' '}
                    {found.expired === 1 ? 'goes' : 'go'}.
                  </strong>{' '}
                  {found.expired > 0 && `${bytes(found.freedBytes)} become free on all storages. `}
                  <span class="muted">
                    {SOURCES[found.source]}
                    {found.policy === null ? '' : `: ${policyWords(found.policy)}`}.
                  </span>
                </p>
                <p class="muted small">{found.note}</p>
              </div>
              {found.items.length > 0 && (
                <Table
                  caption="Backups and what becomes of them"
                  rows={found.items}
                  rowKey={verdictKey}
                  stale={preview.stale}
                  columns={COLUMNS}
                />
              )}
              <Pager offset={offset} limit={LIMIT} total={found.total} onChange={setOffset} />
            </>
          )}
        </QueryView>
      </Card>
      {applying && (
        <ConfirmDialog
          title="Apply the policy now"
          action="Apply the policy"
          danger
          pending={apply.pending}
          error={apply.error}
          onClose={() => setApplying(false)}
          onConfirm={() => void apply.run().then((done) => done !== undefined && setApplying(false))}
        >
          <p>
            Backups that the policy lets go get an end
            {preview.data === undefined ? '' : `, ${plural(preview.data.graceHours, 'hour')} from now`}; those whose end
            has come are deleted everywhere. It happens by itself every hour.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}

type Verdict = Dto<'RetentionVerdictDto'>;
const verdictKey = ({ backupId }: Verdict): string => backupId;
const COLUMNS: Column<Verdict>[] = [
  {
    name: 'taken',
    title: 'Backup',
    kind: 'main',
    cell: ({ backupId, createdAt }) => (
      <Link href={`/backups/${backupId}`}>
        <RelativeTime at={createdAt} />
      </Link>
    ),
  },
  {
    name: 'action',
    title: 'Stays',
    cell: ({ action }) => (
      <StatusBadge tone={action === 'keep' ? 'ok' : 'warning'}>{action === 'keep' ? 'Stays' : 'Goes'}</StatusBadge>
    ),
  },
  { name: 'why', title: 'Why', cell: ({ reasons }) => reasons.join('; ') },
  {
    name: 'frees',
    title: 'Frees',
    kind: 'number',
    cell: ({ action, freedBytes }) => (action === 'keep' ? '–' : bytes(freedBytes)),
  },
  { name: 'expires', title: 'Deleted', cell: ({ expiresAt }) => <RelativeTime at={expiresAt} /> },
];
