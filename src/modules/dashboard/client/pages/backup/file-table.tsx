import { CornerDownRight, Download, File, FileSymlink, Folder as FolderIcon, FolderOpen } from 'lucide-preact';
import type { Dto } from '../../api/client.ts';
import { plural } from '../../lib/format.ts';
import { isoOf } from '../../lib/time.ts';
import { Bytes } from '../../ui/amounts.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import type { Folder } from './crumbs.tsx';
import { addressOfFile, download } from './download.ts';

type Item = Dto<'FolderItemDto'>;

interface FileTableProps {
  backupId: string;
  items: readonly Item[];
  chosen: ReadonlySet<string>;
  onToggle: (path: string) => void;
  onOpen: (folder: Folder) => void;
}

const ICONS = { file: File, dir: FolderIcon, symlink: FileSymlink, hardlink: CornerDownRight, fifo: File };

/** What lies in one folder of the backup. */
export function FileTable(props: FileTableProps) {
  const { items } = props;
  if (items.length === 0)
    return (
      <EmptyState icon={<FolderOpen class="icon" aria-hidden="true" />} title="This folder is empty">
        There is nothing in it in this backup.
      </EmptyState>
    );
  return (
    <div class="file-table">
      <Table
        caption="Files"
        rows={items}
        rowKey={({ path, pathBase64 }) => path ?? pathBase64 ?? ''}
        columns={columnsOf(props)}
      />
    </div>
  );
}

function columnsOf({ backupId, chosen, onToggle, onOpen }: FileTableProps): Column<Item>[] {
  return [
    {
      name: 'name',
      title: 'Name',
      kind: 'main',
      cell: (item) => (
        <span class="file-name">
          <Choice item={item} chosen={chosen} onToggle={onToggle} />
          <Name item={item} onOpen={onOpen} />
        </span>
      ),
    },
    {
      name: 'changed',
      title: 'Changed',
      cardLabel: '',
      cell: ({ mtime, type }) => (type === 'dir' || mtime === undefined ? null : <RelativeTime at={isoOf(mtime)} />),
    },
    {
      name: 'files',
      title: 'Files',
      kind: 'number',
      cardLabel: '',
      cell: ({ type, files }) => (type === 'dir' ? plural(files, 'file') : null),
    },
    {
      name: 'size',
      title: 'Size',
      kind: 'number',
      cardLabel: '',
      cell: ({ type, size }) => (type === 'symlink' || type === 'fifo' ? null : <Bytes value={size} />),
    },
    {
      name: 'actions',
      title: 'Actions',
      kind: 'actions',
      cardLabel: '',
      cell: (item) =>
        item.type === 'file' || item.type === 'hardlink' ? (
          <IconButton
            label={`Download ${item.name}`}
            icon={<Download class="icon icon-small" aria-hidden="true" />}
            onClick={() => download(addressOfFile(backupId, item))}
          />
        ) : null,
    },
  ];
}

/** Only files of the site can be restored alone; names that are no text can't be asked for. */
function Choice({
  item: { name, path },
  chosen,
  onToggle,
}: { item: Item } & Pick<FileTableProps, 'chosen' | 'onToggle'>) {
  if (path === undefined || !path.startsWith('files/')) return null;
  const comesAlong = [...chosen].some((each) => path.startsWith(`${each}/`));
  return (
    <input
      type="checkbox"
      class="file-check"
      aria-label={`Choose ${name} to restore`}
      checked={comesAlong || chosen.has(path)}
      disabled={comesAlong}
      onChange={() => onToggle(path)}
    />
  );
}

function Name({ item, onOpen }: { item: Item; onOpen: (folder: Folder) => void }) {
  const { name, type, target, path, pathBase64, changed } = item;
  const Icon = ICONS[type];
  return (
    <>
      <Icon class="icon" aria-hidden="true" />
      {type === 'dir' ? (
        <button
          type="button"
          class="link-button"
          onClick={() =>
            onOpen({
              name,
              ...(path === undefined ? {} : { path }),
              ...(pathBase64 === undefined ? {} : { pathBase64 }),
            })
          }
        >
          {name}
        </button>
      ) : (
        <span>
          {name}
          {target !== undefined && <span class="muted"> → {target}</span>}
          {changed === true && <span class="muted small"> · changed while it was read</span>}
        </span>
      )}
    </>
  );
}
