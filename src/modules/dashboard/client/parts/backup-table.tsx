import { Link } from 'wouter-preact';
import type { Dto } from '../api/client.ts';
import { duration } from '../lib/format.ts';
import { dateTime } from '../lib/time.ts';
import { Bytes } from '../ui/amounts.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { type Column, Table } from '../ui/table.tsx';
import { BackupState, Copies, KeptState, lastProof } from './backup-state.tsx';

type Backup = Dto<'BackupDto'>;

interface BackupTableProps {
  rows: readonly Backup[];
  /** Seconds that a job took, by its id; those that nobody knows any more are missing. */
  durations: ReadonlyMap<string, number>;
  stale: boolean;
}

/** Backups with what each cost and how safe it is. */
export function BackupTable({ rows, durations, stale }: BackupTableProps) {
  return (
    <Table
      caption="Backups, newest first"
      rows={rows}
      rowKey={({ id }) => id}
      columns={columnsOf(durations)}
      stale={stale}
    />
  );
}

function columnsOf(durations: BackupTableProps['durations']): Column<Backup>[] {
  return [
    {
      name: 'taken',
      title: 'Taken',
      kind: 'main',
      cell: ({ id, createdAt, parentBackupId }) => (
        <span class="backup-when">
          <Link href={`/backups/${id}`} title={createdAt}>
            {dateTime(new Date(createdAt))}
          </Link>
          {parentBackupId === null && <span class="muted small"> · full</span>}
        </span>
      ),
    },
    {
      name: 'state',
      title: 'State',
      cardLabel: '',
      cell: (backup) => (
        <span class="badges">
          <BackupState backup={backup} />
          <KeptState backup={backup} />
        </span>
      ),
    },
    { name: 'size', title: 'Size', kind: 'number', cell: ({ sourceBytes }) => <Bytes value={sourceBytes} /> },
    { name: 'new', title: 'New', kind: 'number', cell: ({ storedBytes }) => <Bytes value={storedBytes} /> },
    { name: 'took', title: 'Took', kind: 'number', cell: ({ jobId }) => duration(durations.get(jobId)) },
    {
      name: 'copies',
      title: 'Copies',
      cell: ({ copies }) => <Copies copies={copies} />,
    },
    { name: 'proof', title: 'Last proof', cell: (backup) => <RelativeTime at={lastProof(backup)} none="not yet" /> },
  ];
}
