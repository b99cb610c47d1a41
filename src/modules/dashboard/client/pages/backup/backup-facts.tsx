import { Link } from 'wouter-preact';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { count, duration, plural } from '../../lib/format.ts';
import { Bytes } from '../../ui/amounts.tsx';
import { Card } from '../../ui/card.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';

/** What it holds, and what it cost. */
export function BackupFacts({ backup }: { backup: Dto<'BackupDto'> }) {
  const { jobId, parentBackupId, fileCount, sourceBytes, databaseBytes, rowCount, storedBytes, bundles } = backup;
  const job = useQuery(`jobs/${jobId}`, (signal) =>
    ask(api.GET('/jobs/{id}', { params: { path: { id: jobId } }, signal })),
  );
  const took = secondsOf(job.data);
  return (
    <Card title="What is in it">
      <DefinitionList
        items={[
          [
            'Site',
            <span key="size">
              <Bytes value={sourceBytes} /> in {plural(fileCount, 'file')}
            </span>,
          ],
          [
            'Database',
            databaseBytes === 0 ? (
              'none'
            ) : (
              <>
                <Bytes value={databaseBytes} />
                {rowCount !== null && ` in ${count(rowCount)} ${rowCount === 1 ? 'row' : 'rows'}`}
              </>
            ),
          ],
          [
            'New',
            <span key="new">
              <Bytes value={storedBytes} /> stored; its content lies in {plural(bundles, 'bundle')}
            </span>,
          ],
          [
            'Compared with',
            parentBackupId === null ? (
              'nothing: a full backup'
            ) : (
              <Link key="parent" href={`/backups/${parentBackupId}`}>
                the backup before it
              </Link>
            ),
          ],
          [
            'Took',
            took === null ? null : (
              <Link key="took" href={`/jobs/${jobId}`}>
                {duration(took)}
              </Link>
            ),
          ],
        ]}
      />
    </Card>
  );
}

function secondsOf(job: Dto<'JobDto'> | undefined): number | null {
  if (job === undefined || job.startedAt === null || job.finishedAt === null) return null;
  return (new Date(job.finishedAt).getTime() - new Date(job.startedAt).getTime()) / 1000;
}
