import { useRef, useState } from 'preact/hooks';
import { Search } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { textOf } from '../../api/client.ts';
import { useAction } from '../../api/use-action.ts';
import { count, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Textarea } from '../../ui/textarea.tsx';
import { WizardFrame } from './wizard-frame.tsx';
import { chosen, found, type Found } from './wizard-state.ts';

type ScanLine =
  | ({ type: 'found' } & Found)
  | { type: 'problem'; path: string; message: string }
  | { type: 'progress' | 'done'; folders: number };

interface Seen {
  folders: number;
  sites: readonly Found[];
  problems: readonly string[];
}

const NOTHING: Seen = { folders: 0, sites: [], problems: [] };

/** Looks for sites, and shows what is found as it is found. */
export function ScanStep() {
  const [, navigate] = useLocation();
  const [folders, setFolders] = useState('');
  const [seen, setSeen] = useState<Seen | null>(null);
  const stop = useRef<AbortController | null>(null);

  const scan = useAction(async () => {
    stop.current = new AbortController();
    let now = NOTHING;
    setSeen(now);
    const paths = folders
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const query = new URLSearchParams(paths.map((path) => ['path', path]));
    let rest = '';
    for await (const text of textOf(`/scan?${query.toString()}`, 'application/x-ndjson', stop.current.signal)) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) now = withLine(now, line);
      setSeen(now);
    }
    const sites = now.sites.filter(({ isInstall }) => isInstall);
    found.value = sites;
    chosen.value = new Set(sites.map(({ path }) => path));
    if (sites.length > 0) navigate('/first-run/sites');
  });
  const installs = seen?.sites.filter(({ isInstall }) => isInstall).length ?? 0;
  return (
    <WizardFrame
      step="scan"
      title="Find your sites"
      about="backupd looks through the folders of this host for WordPress. It only reads; nothing is changed."
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void scan.run();
        }}
      >
        <Textarea
          label="Folders (optional)"
          hint="One in each line. Empty: the folders of the server’s configuration."
          placeholder="/var/www"
          rows={2}
          mono
          value={folders}
          onInput={setFolders}
        />
        {scan.pending && (
          <div class="stack-tight">
            <ProgressBar label="Looking for sites" percent={null} />
            <p class="muted small" aria-live="polite">
              {count(seen?.folders ?? 0)} folders looked at, {plural(installs, 'site')} found
            </p>
          </div>
        )}
        {!scan.pending && seen !== null && installs === 0 && scan.error === null && (
          <Notice tone="warning">
            <p>No WordPress was found in {plural(seen.folders, 'folder')}. Name the folder in which your sites are.</p>
            {seen.problems.slice(0, 3).map((problem) => (
              <p key={problem} class="small">
                {problem}
              </p>
            ))}
          </Notice>
        )}
        <ProblemView problem={scan.error} />
        <div class="row">
          <Button
            type="submit"
            kind="primary"
            icon={<Search class="icon icon-small" aria-hidden="true" />}
            pending={scan.pending}
          >
            {seen === null || scan.pending ? 'Look for sites' : 'Look again'}
          </Button>
          {scan.pending && <Button onClick={() => stop.current?.abort()}>Stop</Button>}
          {!scan.pending && (
            <Button kind="quiet" onClick={() => navigate('/first-run/storage')}>
              Skip, add sites later
            </Button>
          )}
        </div>
      </form>
    </WizardFrame>
  );
}

function withLine(seen: Seen, line: string): Seen {
  if (line === '') return seen;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own server's
  const told = JSON.parse(line) as ScanLine;
  switch (told.type) {
    case 'found':
      return { ...seen, sites: [...seen.sites, told] };
    case 'problem':
      return { ...seen, problems: [...seen.problems, `${told.path}: ${told.message}`] };
    case 'progress':
    case 'done':
      return { ...seen, folders: told.folders };
  }
}
