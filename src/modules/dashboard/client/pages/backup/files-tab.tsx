import { useState } from 'preact/hooks';
import { ArchiveRestore } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { usePages } from '../../api/use-pages.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Crumbs, type Folder } from './crumbs.tsx';
import { FileTable } from './file-table.tsx';

type Listing = Dto<'FolderListingDto'>;

const PAGE = 200;
/** Where the site's own files are in a backup. */
const FILES: Folder = { name: 'files', path: 'files' };

/** Looks into the backup: folder by folder, one file to download, some to restore. */
export function FilesTab({ backup: { id } }: { backup: Dto<'BackupDto'> }) {
  const [, navigate] = useLocation();
  const [trail, setTrail] = useState<readonly Folder[]>([FILES]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const folder = trail.at(-1);
  const query =
    folder === undefined
      ? {}
      : folder.path === undefined
        ? { pathBase64: folder.pathBase64 ?? '' }
        : { path: folder.path };
  const listing = usePages<Listing['items'][number], Listing>(
    `backups/${id}/files?${JSON.stringify(query)}`,
    (cursor, signal) =>
      ask(
        api.GET('/backups/{id}/files', {
          params: { path: { id }, query: { ...query, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } },
          ...(signal === undefined ? {} : { signal }),
        }),
      ),
  );
  const toggle = (path: string): void => {
    const next = new Set(chosen);
    if (!next.delete(path)) next.add(path);
    // What lies below a chosen folder comes with it.
    for (const each of next) if ([...next].some((other) => each.startsWith(`${other}/`))) next.delete(each);
    setChosen(next);
  };
  const restore = (): void => {
    const paths = [...chosen].map((path) => path.slice('files/'.length)).toSorted();
    navigate(`/backups/${id}/restore`, { state: { paths } });
  };
  return (
    <Card flush>
      <Crumbs trail={trail} onOpen={setTrail} />
      {listing.loading && <Skeleton lines={6} />}
      {listing.error !== null && (
        <div class="card-body">
          <ProblemView problem={listing.error} onRetry={listing.refresh} />
        </div>
      )}
      {listing.first !== undefined && (
        <FileTable
          backupId={id}
          items={listing.items}
          chosen={chosen}
          onToggle={toggle}
          onOpen={(next) => setTrail([...trail, next])}
        />
      )}
      <MoreButton onMore={listing.more} pending={listing.fetchingMore} />
      {chosen.size > 0 && (
        <div class="chosen-bar" role="status">
          <span>{plural(chosen.size, 'path')} chosen</span>
          <span class="row">
            <Button size="small" kind="quiet" onClick={() => setChosen(new Set())}>
              Choose none
            </Button>
            <Button
              size="small"
              kind="primary"
              icon={<ArchiveRestore class="icon icon-small" aria-hidden="true" />}
              onClick={restore}
            >
              Restore these
            </Button>
          </span>
        </div>
      )}
    </Card>
  );
}
