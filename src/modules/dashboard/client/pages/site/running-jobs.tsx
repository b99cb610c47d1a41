import { Link } from 'wouter-preact';
import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { JobProgress } from '../../parts/job-progress.tsx';
import { JOB_EVENTS, JOB_KINDS, JobStatus } from '../../parts/job-status.tsx';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import '../../parts/parts.css';

/** What runs or waits for the site now, live; nothing when there is none. */
export function RunningJobs({ siteId }: { siteId: string }) {
  const jobs = useQuery(
    `jobs?active&siteId=${siteId}`,
    (signal) =>
      ask(api.GET('/jobs', { params: { query: { siteId, status: ['pending', 'running'], limit: 10 } }, signal })),
    { refreshOn: JOB_EVENTS },
  );
  const active = jobs.data?.items ?? [];
  if (active.length === 0) return null;
  return (
    <Card title="Under way" flush>
      <ul class="job-list">
        {active.map((job) => (
          <li key={job.id}>
            <div class="row row-between">
              <span class="row">
                <JobStatus job={job} />
                <Link href={`/jobs/${job.id}`}>{JOB_KINDS[job.kind]}</Link>
              </span>
              <span class="muted small">
                <RelativeTime at={job.startedAt ?? job.createdAt} />
              </span>
            </div>
            <JobProgress job={job} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
