import type { Dto } from '../../api/client.ts';
import { count } from '../../lib/format.ts';
import { stageName } from '../../lib/stages.ts';
import { Card } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

type Job = Dto<'JobDto'>;

const SHOWN = 50;

const OUTCOMES: Record<Dto<'AttemptDto'>['outcome'], string> = {
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  postponed: 'put off, tried again by itself',
  interrupted: 'interrupted: backupd was stopped',
  'cut-off': 'cut off: its process was ended',
};

/** What was not as it should be, though the job went on. */
export function JobWarnings({ job }: { job: Job }) {
  if (job.warningCount === 0) return null;
  const shown = job.warnings.slice(0, SHOWN);
  const rest = job.warningCount - shown.length;
  return (
    <Card title={`Warnings: ${count(job.warningCount)}`}>
      <ul class="stack-tight">
        {shown.map(({ code, message }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the same warning may come twice
          <li key={index}>
            {message} <code class="muted small">{code}</code>
          </li>
        ))}
      </ul>
      {rest > 0 && <p class="muted small">And {count(rest)} more.</p>}
    </Card>
  );
}

/** The runs before, where there was more than one. */
export function JobAttempts({ job }: { job: Job }) {
  if (job.attempts.length < 2 && job.attempts[0]?.outcome !== 'postponed') return null;
  return (
    <Card title="Attempts">
      <ol class="stack">
        {job.attempts.map(({ number, endedAt, outcome, stage, error }) => (
          <li key={number}>
            <div>
              <strong>{number}</strong> {OUTCOMES[outcome]}
              {stage === null ? '' : ` in ${stageName(stage).toLowerCase()}`}, <RelativeTime at={endedAt} />
            </div>
            {error !== null && <p class="muted small">{error.message}</p>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
