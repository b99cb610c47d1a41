import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { dateTime } from '../../lib/time.ts';
import { ProblemView } from '../../ui/problem-view.tsx';

/** What a schedule would do, in words, with its next five runs: asked while somebody types. */
export function SchedulePreview({ schedule }: { schedule: Dto<'PreviewScheduleDto'> }) {
  const text = JSON.stringify(schedule);
  const [asked, setAsked] = useState(schedule);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(schedule), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const preview = useQuery(
    `schedules/preview?${JSON.stringify(asked)}`,
    (signal) => ask(api.POST('/schedules/preview', { body: asked, signal })),
    { keepPrevious: true },
  );
  if (preview.error !== null) return <ProblemView problem={preview.error} />;
  if (preview.data === undefined) return null;
  const { text: said, timeZone, next } = preview.data;
  return (
    <div class="schedule-preview" aria-live="polite" aria-busy={preview.stale}>
      <strong>{said}</strong>
      {next.length > 0 && (
        <ol class="small">
          {next.map(({ slotAt, startsAt }) => (
            <li key={slotAt}>
              <time dateTime={startsAt} title={startsAt}>
                {dateTime(new Date(startsAt))}
              </time>
            </li>
          ))}
        </ol>
      )}
      <p class="muted small">By the clock of {timeZone}; shown in the time of this browser.</p>
    </div>
  );
}
