import { useState } from 'preact/hooks';
import { Ban, RotateCcw } from 'lucide-preact';
import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count, duration, words } from '../../lib/format.ts';
import { dateTime } from '../../lib/time.ts';
import { JOB_KINDS, JobStatus } from '../../parts/job-status.tsx';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Page } from '../../ui/page.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Problem } from '../../api/problem.ts';
import { JobLog } from './job-log-view.tsx';
import { Stages } from './stages.tsx';
import { JobAttempts, JobWarnings } from './job-troubles.tsx';
import '../../parts/parts.css';

type Job = Dto<'JobDto'>;

/** One job: its stages live, what it told, and what can be done about it. */
export function JobPage({ params }: PageParams) {
  const id = params['id'] ?? '';
  const query = useQuery(`jobs/${id}`, (signal) => ask(api.GET('/jobs/{id}', { params: { path: { id } }, signal })), {
    refreshOn: [
      'job.started',
      'job.completed',
      'job.failed',
      'job.cancelled',
      'job.warning',
      'stage.started',
      'stage.completed',
      'stage.failed',
      'stage.skipped',
    ],
  });
  const job = query.data;
  return (
    <Page
      title={job === undefined ? 'Job' : `${JOB_KINDS[job.kind]} of ${job.siteName}`}
      above={<Link href="/jobs">Jobs</Link>}
      actions={job !== undefined && may('operator') ? <JobActions job={job} /> : undefined}
    >
      {job === undefined ? (
        <Card>
          <QueryView query={query} lines={6}>
            {() => null}
          </QueryView>
        </Card>
      ) : (
        <JobDetails job={job} />
      )}
    </Page>
  );
}

function JobDetails({ job }: { job: Job }) {
  return (
    <>
      {job.error !== null && (
        <ProblemView
          problem={
            new Problem({
              code: job.error.code,
              status: 0,
              detail: job.error.message,
              ...(job.error.hint === null ? {} : { hint: job.error.hint }),
            })
          }
        />
      )}
      <div class="columns">
        <div class="stack">
          <Card title="Stages" flush>
            <Stages job={job} />
          </Card>
          <JobWarnings job={job} />
          <JobLog jobId={job.id} />
        </div>
        <div class="stack">
          <Card title="About this job">
            <DefinitionList
              items={[
                ['State', <JobStatus key="state" job={job} />],
                [
                  'Site',
                  <Link key="site" href={`/sites/${job.siteId}`}>
                    {job.siteName}
                  </Link>,
                ],
                ['Asked for', <RelativeTime key="created" at={job.createdAt} />],
                ['Begun', job.startedAt === null ? null : <RelativeTime key="begun" at={job.startedAt} />],
                ['Ended', job.finishedAt === null ? null : <RelativeTime key="ended" at={job.finishedAt} />],
                ['Took', took(job)],
                ['Next try', job.retryAt === null ? null : dateTime(new Date(job.retryAt))],
                ['Kept until', job.keptUntil === null ? null : <Kept key="kept" job={job} />],
                ...resultFacts(job),
              ]}
            />
          </Card>
          <JobAttempts job={job} />
        </div>
      </div>
    </>
  );
}

function Kept({ job }: { job: Job }) {
  return (
    <>
      <RelativeTime at={job.keptUntil} />
      <div class="muted small">
        {job.keptBytes === null ? 'What it had made' : `${bytes(job.keptBytes)} that it had made`} is kept. A retry goes
        on from there.
      </div>
    </>
  );
}

function JobActions({ job }: { job: Job }) {
  const [asks, setAsks] = useState(false);
  const path = { id: job.id };
  const cancel = useAction(() => ask(api.POST('/jobs/{id}/cancel', { params: { path } })), {
    success: 'The job is being cancelled.',
    invalidates: ['jobs'],
  });
  const retry = useAction(() => ask(api.POST('/jobs/{id}/retry', { params: { path } })), {
    success: 'The job runs again.',
    invalidates: ['jobs'],
    errorToast: true,
  });
  const isOpen = job.status === 'pending' || job.status === 'running';
  const isUndone = job.status === 'failed' || job.status === 'cancelled';
  return (
    <>
      {isOpen && (
        <Button kind="danger" icon={<Ban class="icon icon-small" aria-hidden="true" />} onClick={() => setAsks(true)}>
          Cancel the job
        </Button>
      )}
      {isUndone && (
        <Button
          kind="primary"
          icon={<RotateCcw class="icon icon-small" aria-hidden="true" />}
          pending={retry.pending}
          onClick={() => void retry.run()}
        >
          Try again
        </Button>
      )}
      {asks && (
        <ConfirmDialog
          title="Cancel this job?"
          action="Cancel the job"
          danger
          pending={cancel.pending}
          error={cancel.error}
          onClose={() => setAsks(false)}
          onConfirm={() =>
            void cancel.run().then((done) => {
              if (done !== undefined) setAsks(false);
              return undefined;
            })
          }
        >
          <p>
            {job.kind === 'restore'
              ? 'The site may be left half restored. Start the restore again to finish it.'
              : 'It stops as soon as it can. What was backed up before stays as it is.'}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function took({ startedAt, finishedAt }: Job): string | null {
  if (startedAt === null || finishedAt === null) return null;
  return duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
}

const RESULTS: Readonly<Record<string, string>> = {
  sourceBytes: 'Size of the site',
  storedBytes: 'Newly stored',
  databaseBytes: 'Database',
  fileCount: 'Files',
  rowCount: 'Rows',
};

/** The figures of the result that a person understands as they are. */
function resultFacts({ result }: Job): (readonly [string, string])[] {
  if (result === null) return [];
  return Object.entries(result)
    .filter(([, value]) => typeof value === 'number')
    .slice(0, 8)
    .map(([name, value]) => [
      RESULTS[name] ?? words(name),
      name.toLowerCase().includes('bytes') ? bytes(Number(value)) : count(Number(value)),
    ]);
}
