import { useState } from 'preact/hooks';
import { api, ask } from '../../api/client.ts';
import { may } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, plural } from '../../lib/format.ts';
import type { SiteTabProps } from '../../parts/site-tab.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Textarea } from '../../ui/textarea.tsx';

/** What of the site is left out, with what the last backup has there. */
export function ExcludesTab({ site }: SiteTabProps) {
  const [text, setText] = useState(site.excludes.join('\n'));
  const excludes = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    // All begin at the site's root: who leaves the slash out means the same.
    .map((line) => (line.startsWith('/') ? line : `/${line}`));
  const isChanged = JSON.stringify(excludes) !== JSON.stringify(site.excludes);
  const save = useAction(
    () => ask(api.PATCH('/sites/{id}', { params: { path: { id: site.id } }, body: { excludes } })),
    { success: 'Saved. It holds from the next backup on.', invalidates: ['sites'] },
  );
  const backup = site.lastBackup;
  return (
    <div class="columns">
      <Card title="Left out">
        {may('operator') ? (
          <form
            class="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void save.run();
            }}
          >
            <Textarea
              label="Paths and patterns"
              hint="One a line, each from the site’s root on, as /wp-content/cache or /**/*.log. Backups that exist do not change."
              mono
              rows={8}
              value={text}
              onInput={setText}
              error={save.error?.fields.get('excludes')}
            />
            <ProblemView problem={save.error} />
            <div>
              <Button type="submit" kind="primary" pending={save.pending} disabled={!isChanged}>
                Save
              </Button>
            </div>
          </form>
        ) : excludes.length === 0 ? (
          <p class="muted">Nothing is left out besides what the module leaves out by default.</p>
        ) : (
          <ul>
            {excludes.map((line) => (
              <li key={line}>
                <code>{line}</code>
              </li>
            ))}
          </ul>
        )}
      </Card>
      {may('operator') && (
        <Card title="What the last backup has there">
          {backup === null ? (
            <p class="muted">There is no backup yet to look into.</p>
          ) : (
            <div class="stack">
              <p class="muted small">
                From the backup of <RelativeTime at={backup.createdAt} />. What was left out already is not in it.
                Patterns with * can’t be looked up: for them the folder before the * is shown, of which they may take a
                part.
              </p>
              {excludes.length === 0 ? (
                <p class="muted">Write a path to see how much lies there.</p>
              ) : (
                <ul class="stack-tight">
                  {excludes.slice(0, 20).map((line) => (
                    <Below key={line} backupId={backup.id} pattern={line} />
                  ))}
                </ul>
              )}
            </div>
          )}
        </Card>
      )}
    </div>
  );
}

/** How much the backup has at a path: its folder is listed, as that has the sum of all below. */
function Below({ backupId, pattern }: { backupId: string; pattern: string }) {
  const path = fixedPart(pattern);
  const at = path.lastIndexOf('/');
  const folder = `files${at < 0 ? '' : `/${path.slice(0, at)}`}`;
  const name = path.slice(at + 1);
  const listing = useQuery(
    `backups/${backupId}/files?path=${folder}`,
    (signal) =>
      ask(
        api.GET('/backups/{id}/files', {
          params: { path: { id: backupId }, query: { path: folder, limit: 1000 } },
          signal,
        }),
      ),
    { enabled: path !== '' },
  );
  const found = listing.data?.items.find((item) => item.name === name);
  return (
    <li class="row row-between">
      <code>{pattern}</code>
      {path === '' ? (
        <span class="muted small">anywhere: can’t be looked up</span>
      ) : listing.error?.status === 404 || (listing.data !== undefined && found === undefined) ? (
        <span class="muted small">nothing in the backup</span>
      ) : (
        <QueryView query={listing} lines={1}>
          {() =>
            found !== undefined && (
              <span class="small">
                {path === pattern.replaceAll(/^\/+|\/+$/g, '') ? '' : `${path}: `}
                {bytes(found.size)}
                {found.type === 'dir' ? ` in ${plural(found.files, 'file')}` : ''}
              </span>
            )
          }
        </QueryView>
      )}
    </li>
  );
}

/** The folder before the first part with a wildcard; all of it without one. */
function fixedPart(pattern: string): string {
  const parts = pattern.replaceAll(/^\/+|\/+$/g, '').split('/');
  const wild = parts.findIndex((part) => /[*?[{!]/.test(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}
