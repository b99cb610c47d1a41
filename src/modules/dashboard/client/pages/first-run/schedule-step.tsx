import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { api, ask } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { dateTime } from '../../lib/time.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { WizardFrame } from './wizard-frame.tsx';
import { added } from './wizard-state.ts';

type Every = 'day' | 'hours' | 'week';

const RHYTHMS: readonly { value: Every; title: string }[] = [
  { value: 'day', title: 'Every day' },
  { value: 'hours', title: 'Every 6 hours' },
  { value: 'week', title: 'Every Sunday' },
];

const SUNDAY = 7;
const SPREAD_SECONDS = 3600;

/** When all sites are backed up by themselves, and the first backup now. */
export function ScheduleStep() {
  const [, navigate] = useLocation();
  const [every, setEvery] = useState<Every>('day');
  const [at, setAt] = useState('02:00');
  const [now, setNow] = useState(true);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rhythm =
    every === 'hours' ? { every, hours: 6 as const } : every === 'week' ? { every, days: [SUNDAY], at } : { every, at };
  const schedule = { rhythm, timeZone, jitterSeconds: SPREAD_SECONDS };
  const preview = useQuery(
    `schedules/preview?${JSON.stringify(schedule)}`,
    (signal) => ask(api.POST('/schedules/preview', { body: { rhythm, timeZone }, signal })),
    { keepPrevious: true, enabled: at !== '' },
  );
  const existing = useQuery('schedules?backup', (signal) =>
    ask(api.GET('/schedules', { params: { query: { kind: 'backup', limit: 100 } }, signal })),
  );
  const known = existing.data?.items.find(({ scope }) => scope === 'all');
  const sites = added.value;

  const finish = useAction(
    async () => {
      if (known === undefined)
        await ask(api.POST('/schedules', { body: { kind: 'backup', scope: 'all', ...schedule } }));
      else
        await ask(
          api.PATCH('/schedules/{id}', { params: { path: { id: known.id } }, body: { ...schedule, paused: false } }),
        );
      if (now)
        for (const { id } of sites) await ask(api.POST('/sites/{id}/backups', { params: { path: { id } }, body: {} }));
      added.value = [];
      navigate('/');
    },
    { invalidates: ['schedules', 'status', 'jobs', 'sites'] },
  );
  return (
    <WizardFrame
      step="schedule"
      title="When backups are made"
      about="For all sites, those you add later too. Each site can have its own schedule."
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void finish.run();
        }}
      >
        <div class="field-grid">
          <Select label="How often" value={every} options={RHYTHMS} onChange={setEvery} />
          {every !== 'hours' && <TextInput label="At" type="time" value={at} onInput={setAt} required />}
        </div>
        {preview.data !== undefined && (
          <p class="muted">
            First: {dateTime(new Date(preview.data.next[0]?.slotAt ?? Date.now()))}, then{' '}
            {dateTime(new Date(preview.data.next[1]?.slotAt ?? Date.now()))} ({timeZone}). The sites are spread over an
            hour, so that they do not all begin at once.
          </p>
        )}
        {known !== undefined && (
          <Notice>
            <p>There is a schedule for all sites already: {known.text}. It is replaced by this one.</p>
          </Notice>
        )}
        {sites.length > 0 && (
          <Checkbox
            label={`Make the first backup of ${plural(sites.length, 'site')} now`}
            checked={now}
            onChange={setNow}
          />
        )}
        <ProblemView problem={finish.error} />
        <div class="row">
          <Button type="submit" kind="primary" pending={finish.pending} disabled={existing.data === undefined}>
            {now && sites.length > 0 ? 'Save and begin' : 'Save'}
          </Button>
          <Button kind="quiet" onClick={() => navigate('/first-run/storage')}>
            Back
          </Button>
        </div>
      </form>
    </WizardFrame>
  );
}
