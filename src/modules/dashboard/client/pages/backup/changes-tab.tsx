import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { dateTime } from '../../lib/time.ts';
import { Select } from '../../ui/select.tsx';
import { FileChanges } from './file-changes.tsx';
import { TableChanges } from './table-changes.tsx';

/** How many backups one may choose from. */
const CHOICE = 100;

/** What is not the same as in an earlier backup. */
export function ChangesTab({ backup }: { backup: Dto<'BackupDto'> }) {
  const { id, siteId, createdAt, databaseBytes } = backup;
  const [from, setFrom] = useState('');
  const others = useQuery(`backups?siteId=${siteId}&limit=${CHOICE}`, (signal) =>
    ask(api.GET('/backups', { params: { query: { siteId, limit: CHOICE } }, signal })),
  );
  const earlier = (others.data?.items ?? []).filter((other) => other.createdAt < createdAt);
  return (
    <div class="stack">
      {earlier.length > 0 && (
        <div class="diff-from">
          <Select
            label="Compare with"
            value={from}
            onChange={setFrom}
            options={[
              { value: '', title: 'the backup before this one' },
              ...earlier.map((other) => ({ value: other.id, title: dateTime(new Date(other.createdAt)) })),
            ]}
          />
        </div>
      )}
      <FileChanges key={`files ${from}`} id={id} from={from} />
      {databaseBytes > 0 && <TableChanges key={`tables ${from}`} id={id} from={from} />}
    </div>
  );
}
