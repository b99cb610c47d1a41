import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes } from '../../lib/format.ts';
import { Card } from '../../ui/card.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { QueryView } from '../../ui/query-view.tsx';

const EVERY_MS = 5000;
const NAMES = [
  ['cpu', 'Processor'],
  ['io', 'Disk'],
  ['network', 'Network'],
] as const;

/** How much of what jobs may use of this host is in use. */
export function ResourcesCard() {
  const resources = useQuery('resources', (signal) => ask(api.GET('/resources', { signal })), { everyMs: EVERY_MS });
  return (
    <Card title="In use now">
      <QueryView query={resources}>
        {(answer) => (
          <div class="stack">
            {NAMES.map(([name, title]) => (
              <Usage key={name} title={title} usage={answer[name]} />
            ))}
            <div class="row row-between">
              <span>Upload</span>
              <span class="muted">
                {bytes(answer.bandwidth.usedBytesLastSecond)}/s
                {answer.bandwidth.limitMbps > 0 ? ` of ${answer.bandwidth.limitMbps} Mbit/s` : ', no limit'}
              </span>
            </div>
          </div>
        )}
      </QueryView>
    </Card>
  );
}

function Usage({ title, usage: { capacity, inUse, waiting } }: { title: string; usage: Dto<'ResourceUsageDto'> }) {
  return (
    <div class="stack-tight">
      <div class="row row-between">
        <span>{title}</span>
        <span class="muted">
          {inUse} of {capacity}
          {waiting > 0 && `, ${waiting} waiting`}
        </span>
      </div>
      <ProgressBar
        label={title}
        percent={capacity === 0 ? 0 : (inUse / capacity) * 100}
        tone={waiting > 0 ? 'warning' : 'active'}
      />
    </div>
  );
}
