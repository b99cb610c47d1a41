import { History } from 'lucide-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { bytes, count } from '../../lib/format.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { ChangeBadge } from './change-badge.tsx';

type Diff = Dto<'FileDiffDto'>;
type Change = Dto<'FileChangeDto'>;

const PAGE = 100;
const WHAT: Record<Change['what'][number], string> = {
  type: 'kind',
  content: 'content',
  target: 'target of the link',
  mode: 'permissions',
  owner: 'owner',
  mtime: 'time',
  xattrs: 'extended attributes',
};

/** Files that are not the same, page by page. */
export function FileChanges({ id, from }: { id: string; from: string }) {
  const diff = usePages<Change, Diff>(`backups/${id}/diff?from=${from}`, (cursor, signal) =>
    ask(
      api.GET('/backups/{id}/diff', {
        params: {
          path: { id },
          query: { limit: PAGE, ...(from === '' ? {} : { from }), ...(cursor === undefined ? {} : { cursor }) },
        },
        ...(signal === undefined ? {} : { signal }),
      }),
    ),
  );
  if (diff.error?.code === 'DIFF_NOTHING_BEFORE')
    return (
      <Card>
        <EmptyState icon={<History class="icon" aria-hidden="true" />} title="There is nothing to compare it with">
          No earlier backup of this site is left.
        </EmptyState>
      </Card>
    );
  return (
    <Card title="Files" flush>
      {diff.loading && <Skeleton lines={5} />}
      {diff.error !== null && (
        <div class="card-body">
          <ProblemView problem={diff.error} onRetry={diff.refresh} />
        </div>
      )}
      {diff.first !== undefined && (
        <>
          <p class="diff-sentence muted">{sentence(diff.first)}</p>
          {diff.items.length > 0 && (
            <Table
              caption="Files that changed"
              rows={diff.items}
              rowKey={({ path, pathBase64, name }) => path ?? pathBase64 ?? name}
              columns={columnsFor(diff.items)}
            />
          )}
          <MoreButton onMore={diff.more} pending={diff.fetchingMore} />
        </>
      )}
    </Card>
  );
}

const PATH: Column<Change> = {
  name: 'path',
  title: 'Path',
  kind: 'main',
  cell: ({ name }) => <span class="diff-path">{shown(name)}</span>,
};
const CHANGE: Column<Change> = {
  name: 'change',
  title: 'Change',
  cardLabel: '',
  cell: ({ change }) => <ChangeBadge change={change} />,
};
const DETAILS: Column<Change> = {
  name: 'what',
  title: 'What',
  cardLabel: '',
  cell: ({ what }) => (what.length === 0 ? null : what.map((each) => WHAT[each]).join(', ')),
};
const SIZE: Column<Change> = { name: 'size', title: 'Size', kind: 'number', cardLabel: '', cell: sizes };

/** Where all are added or removed, there is nothing to say of how each changed. */
function columnsFor(items: readonly Change[]): Column<Change>[] {
  return items.some(({ what }) => what.length > 0) ? [PATH, CHANGE, DETAILS, SIZE] : [PATH, CHANGE, SIZE];
}

function sentence({ totals }: Diff): string {
  if (totals === null) return '';
  const { added, removed, changed, newBytes, goneBytes } = totals;
  if (added + removed + changed === 0) return 'All files are the same.';
  return `${count(added)} added, ${count(changed)} changed, ${count(removed)} removed: ${bytes(newBytes)} of new content, ${bytes(goneBytes)} gone.`;
}

/** The site's own files are what people know; where they lie in a backup is not. */
function shown(name: string): string {
  return name.startsWith('files/') ? name.slice('files/'.length) : name;
}

function sizes({ before, after }: Change): string | null {
  if (before === undefined) return after?.type === 'file' ? bytes(after.size) : null;
  if (after === undefined) return before.type === 'file' ? bytes(before.size) : null;
  if (after.type !== 'file') return null;
  return before.size === after.size ? bytes(after.size) : `${bytes(before.size)} → ${bytes(after.size)}`;
}
