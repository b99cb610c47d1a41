import { useState } from 'preact/hooks';
import { api, ask } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { useQuery } from '../api/use-query.ts';
import { policyWords } from '../lib/retention.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/card.tsx';
import { DefinitionList } from '../ui/definition-list.tsx';
import { Notice } from '../ui/notice.tsx';
import { PolicyFields } from '../ui/policy-fields.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { TextInput } from '../ui/text-input.tsx';
import { FormDialog } from './form-dialog.tsx';

const FIELDS = ['timeZone', 'graceHours'];

/** What holds for all sites that have nothing of their own: the time zone and what is kept. */
export function InstallationCard() {
  const [editing, setEditing] = useState(false);
  const settings = useQuery('schedules/settings', (signal) => ask(api.GET('/schedules/settings', { signal })));
  const retention = useQuery('retention', (signal) => ask(api.GET('/retention', { signal })));
  return (
    <Card
      title="For all sites"
      {...(may('admin') && settings.data !== undefined && retention.data !== undefined
        ? {
            actions: (
              <Button size="small" onClick={() => setEditing(true)}>
                Change
              </Button>
            ),
          }
        : {})}
    >
      <QueryView query={retention}>
        {({ policy, graceHours, note }) => (
          <div class="stack">
            {policy === null && (
              <Notice>
                <p>{note}</p>
              </Notice>
            )}
            <DefinitionList
              items={[
                ['Time zone', settings.data?.timeZone ?? '–'],
                ['Kept of each site', policy === null ? 'everything' : policyWords(policy)],
                ['Deleted after', `${graceHours} hours from when a backup is let go`],
              ]}
            />
          </div>
        )}
      </QueryView>
      {editing && settings.data !== undefined && retention.data !== undefined && (
        <Edit timeZone={settings.data.timeZone} retention={retention.data} onClose={() => setEditing(false)} />
      )}
    </Card>
  );
}

type Retention = Awaited<ReturnType<typeof readRetention>>;
const readRetention = () => ask(api.GET('/retention'));

interface EditProps {
  timeZone: string;
  retention: Retention;
  onClose: () => void;
}

function Edit({ timeZone, retention, onClose }: EditProps) {
  const [zone, setZone] = useState(timeZone);
  const [policy, setPolicy] = useState(retention.policy);
  const [grace, setGrace] = useState(String(retention.graceHours));
  const save = useAction(
    async () => {
      if (zone !== timeZone) await ask(api.PUT('/schedules/settings', { body: { timeZone: zone } }));
      if (policy === null) {
        if (retention.policy !== null) await ask(api.DELETE('/retention'));
        return ask(api.PUT('/retention', { body: { graceHours: Number(grace) } }));
      }
      return ask(api.PUT('/retention', { body: { policy, graceHours: Number(grace) } }));
    },
    { success: 'Saved.', invalidates: ['schedules', 'retention', 'sites'] },
  );
  return (
    <FormDialog
      title="For all sites"
      pending={save.pending}
      error={save.error}
      fields={FIELDS}
      onSubmit={() => void save.run().then((saved) => saved !== undefined && onClose())}
      onClose={onClose}
    >
      <TextInput
        label="Time zone"
        hint="As Europe/Berlin. Of schedules and sites that have none of their own."
        value={zone}
        onInput={setZone}
        spellcheck={false}
        required
        error={save.error?.fields.get('timeZone')}
      />
      <PolicyFields
        value={policy}
        onChange={setPolicy}
        suggested={retention.suggested}
        without="Keep everything: nothing is deleted"
      />
      <TextInput
        label="Deleted after (hours)"
        hint="From when a backup is let go until it is deleted. Until then it can be taken back."
        type="number"
        min={0}
        value={grace}
        onInput={setGrace}
        error={save.error?.fields.get('graceHours')}
      />
    </FormDialog>
  );
}
