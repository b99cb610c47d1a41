import { useEffect, useRef } from 'preact/hooks';
import { dateTime } from '../../lib/time.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useJobLog } from './job-log.ts';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
/** Who has scrolled up reads; who is at the end follows. */
const NEAR_END = 40;

/** What the job told, line by line; follows its end. */
export function JobLog({ jobId }: { jobId: string }) {
  const { lines, loading } = useJobLog(jobId);
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element !== null && follows.current) element.scrollTop = element.scrollHeight;
  }, [lines.length]);
  return (
    <Card title="Log" flush>
      {lines.length === 0 && loading && <Skeleton lines={4} label="Loading the log" />}
      {lines.length === 0 && !loading && (
        <p class="card-body muted">The lines of this job are not kept any more. Its stages and warnings are above.</p>
      )}
      {lines.length > 0 && (
        <ol
          class="log"
          ref={list}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who has no mouse scrolls it by the keys
          tabIndex={0}
          aria-label="Log of the job"
          onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
            follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          }}
        >
          {lines.map(({ id, at, text, tone }) => (
            <li key={id} class={`log-${tone}`}>
              <time dateTime={at} title={dateTime(new Date(at))}>
                {clock.format(new Date(at))}
              </time>
              <span>
                {tone === 'warning' && 'Warning: '}
                {text}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
