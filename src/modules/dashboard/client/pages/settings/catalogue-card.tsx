import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural, words } from '../../lib/format.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CatalogueBackupsDialog } from './catalogue-backups-dialog.tsx';

const BUSY_MS = 2000;
const IDLE_MS = 30_000;

/** The backup of what backupd itself knows. */
export function CatalogueCard() {
  const [listing, setListing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const catalogue = useQuery(
    'catalogue',
    async (signal) => {
      const answer = await ask(api.GET('/catalogue', { signal }));
      setBusy(answer.task?.status === 'running');
      return answer;
    },
    { everyMs: isBusy ? BUSY_MS : IDLE_MS },
  );
  const backUp = useAction(() => ask(api.POST('/catalogue/backups')), {
    success: 'The catalogue is being backed up.',
    invalidates: ['catalogue'],
    errorToast: true,
  });
  return (
    <Card
      title="Catalogue backup"
      actions={
        may('admin') && (
          <span class="row">
            <Button size="small" onClick={() => setListing(true)}>
              Show backups
            </Button>
            <Button size="small" pending={backUp.pending || isBusy} onClick={() => void backUp.run()}>
              Back up now
            </Button>
          </span>
        )
      }
    >
      <QueryView query={catalogue}>
        {({ sites, backups, lastBackupAt, task }) => (
          <div class="stack">
            <p>
              What backupd knows of sites and backups goes, sealed with the secret key, to every storage. A lost server
              comes back with it.
            </p>
            <DefinitionList
              items={[
                ['Knows', `${plural(sites, 'site')}, ${plural(backups, 'backup')}`],
                ['Last backed up', <RelativeTime key="at" at={lastBackupAt} none="never" />],
              ]}
            />
            {task !== null && <TaskView task={task} />}
          </div>
        )}
      </QueryView>
      {listing && <CatalogueBackupsDialog onClose={() => setListing(false)} />}
    </Card>
  );
}

const KINDS = { backup: 'Backup', rebuild: 'Rebuild from a storage', recover: 'Recovery' };
const STATES = {
  running: ['active', 'Running'],
  completed: ['ok', 'Done'],
  failed: ['critical', 'Failed'],
} as const;

function TaskView({ task }: { task: Dto<'CatalogueTaskDto'> }) {
  const { kind, status, error, startedAt, progress } = task;
  const [tone, title] = STATES[status];
  const counts = Object.entries(progress).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return (
    <div class="stack-tight">
      <p class="row">
        <StatusBadge tone={tone}>{title}</StatusBadge>
        <span>{KINDS[kind]}</span>
        <span class="muted small">
          <RelativeTime at={startedAt} />
        </span>
      </p>
      {status === 'running' && counts.length > 0 && (
        <p class="muted small">{counts.map(([name, value]) => `${words(name)}: ${value}`).join(' · ')}</p>
      )}
      {error !== null && (
        <p>
          {error.message} {error.hint}
        </p>
      )}
    </div>
  );
}
