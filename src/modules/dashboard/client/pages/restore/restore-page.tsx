import { useState } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural } from '../../lib/format.ts';
import { dateTime } from '../../lib/time.ts';
import type { PageParams } from '../../shell/lazy-page.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Choose } from './choose.tsx';
import { ConfirmCard } from './confirm-card.tsx';
import { PreviewCard } from './preview-card.tsx';
import { firstChoice, missingIn, pathsOf, requestOf, type RestoreChoice } from './restore-choice.ts';
import { Steps } from './steps.tsx';
import './restore.css';

type Backup = Dto<'BackupDto'>;
type Preview = Dto<'RestorePreviewDto'>;

/** Gets a backup back: what and where, then what that changes, then the site's name. The ordinary case takes no choice. */
export function RestorePage({ params }: PageParams) {
  const id = params['id'] ?? '';
  const backup = useQuery(`backups/${id}`, (signal) =>
    ask(api.GET('/backups/{id}', { params: { path: { id } }, signal })),
  );
  const { data } = backup;
  return (
    <Page
      title={data === undefined ? 'Restore' : `Restore ${data.siteName}`}
      {...(data === undefined ? {} : { above: <Where backup={data} />, about: `To the state of ${timeOf(data)}.` })}
    >
      {may('operator') ? (
        <QueryView query={backup} lines={6}>
          {(shown) => <Wizard backup={shown} />}
        </QueryView>
      ) : (
        <Notice>
          <p>Your account may look at backups, not restore them. Ask somebody with the role operator.</p>
        </Notice>
      )}
    </Page>
  );
}

function Where({ backup }: { backup: Backup }) {
  return (
    <>
      <Link href="/sites">Sites</Link> <span class="muted">/</span>{' '}
      <Link href={`/sites/${backup.siteId}`}>{backup.siteName}</Link> <span class="muted">/</span>{' '}
      <Link href={`/backups/${backup.id}`}>Backup of {timeOf(backup)}</Link>
    </>
  );
}

function Wizard({ backup }: { backup: Backup }) {
  const { id, siteName } = backup;
  const [, navigate] = useLocation();
  const [choice, setChoice] = useState(() => firstChoice(chosenBefore()));
  const [missing, setMissing] = useState<string | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const look = useAction(async () => setPreview(await previewOf(id, choice)));
  const start = useAction(
    async () => {
      const job = await ask(api.POST('/backups/{id}/restore', { params: { path: { id } }, body: requestOf(choice) }));
      if ('id' in job) navigate(`/jobs/${job.id}`);
    },
    { success: 'The restore has begun.', invalidates: ['jobs'] },
  );
  const change = (part: Partial<RestoreChoice>): void => {
    setChoice({ ...choice, ...part });
    setMissing(null);
    look.reset();
  };
  const next = (): void => {
    const lack = missingIn(choice);
    setMissing(lack);
    if (lack === null) void look.run();
  };
  return (
    <>
      <Steps current={preview === null ? 'choose' : 'review'} />
      {preview === null ? (
        <Choose
          choice={choice}
          onChange={change}
          backup={backup}
          missing={missing}
          problem={look.error}
          pending={look.pending}
          onNext={next}
        />
      ) : (
        <>
          <PreviewCard preview={preview} delta={choice.delta} />
          <ConfirmCard
            siteName={siteName}
            sentence={sentence(choice, preview, backup)}
            isInPlace={choice.isInPlace}
            pending={start.pending}
            problem={start.error}
            onConfirm={() => void start.run()}
            onBack={() => {
              start.reset();
              setPreview(null);
            }}
          />
        </>
      )}
    </>
  );
}

async function previewOf(id: string, choice: RestoreChoice): Promise<Preview> {
  const body = { ...requestOf(choice), dryRun: true };
  const answer = await ask(api.POST('/backups/{id}/restore', { params: { path: { id } }, body }));
  if ('targetPath' in answer) return answer;
  throw new Error('The server began a restore where it should have told what it changes.');
}

/** Paths that were chosen in the files of the backup come with the address. */
function chosenBefore(): string[] {
  const state: unknown = history.state;
  if (typeof state !== 'object' || state === null || !('paths' in state) || !Array.isArray(state.paths)) return [];
  return state.paths.filter((path): path is string => typeof path === 'string');
}

function sentence(choice: RestoreChoice, { targetPath, database }: Preview, backup: Backup): string {
  const what = {
    all: 'The whole site',
    files: 'All files',
    database: 'The database',
    paths: plural(pathsOf(choice).length, 'path'),
  }[choice.what];
  const where =
    choice.what === 'database' && database !== null && database.host !== 'file'
      ? `in the database ${database.name}`
      : `in ${targetPath}`;
  return `${what} ${where} will be as it was on ${timeOf(backup)}.`;
}

function timeOf({ createdAt }: Backup): string {
  return dateTime(new Date(createdAt));
}
