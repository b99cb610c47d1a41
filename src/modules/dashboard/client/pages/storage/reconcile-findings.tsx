import { api, ask } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { bytes, count, words } from '../../lib/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { DefinitionList } from '../../ui/definition-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';

const KIND = {
  orphan: 'Stored, but unknown',
  missing: 'Known, but not stored',
  size: 'Of another size',
  foreign: 'Not backupd’s',
};

/** The report of one comparison, with what was found. */
export function Findings({ id, onClose }: { id: string; onClose: () => void }) {
  const report = useQuery(
    `reconciliations/${id}`,
    (signal) => ask(api.GET('/reconciliations/{id}', { params: { path: { id } }, signal })),
    { everyMs: 5000 },
  );
  return (
    <Dialog title="Report of the comparison" onClose={onClose} wide>
      <QueryView query={report}>
        {({ counts, findings, error }) => (
          <div class="stack">
            {error !== null && (
              <Notice tone="warning">
                <p>{error.message}</p>
                {error.hint !== null && <p>{error.hint}</p>}
              </Notice>
            )}
            <DefinitionList
              items={Object.entries(counts).map(([name, value]) => [
                words(name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()),
                name.toLowerCase().endsWith('bytes') ? bytes(value) : count(value),
              ])}
            />
            {findings.length === 0 ? (
              <p class="muted">No differences were found.</p>
            ) : (
              <Table
                caption="What was found"
                rows={findings}
                rowKey={({ key }) => key}
                columns={[
                  { name: 'key', title: 'Object', kind: 'main', cell: ({ key }) => <code>{key}</code> },
                  { name: 'kind', title: 'Finding', cell: ({ kind }) => KIND[kind] },
                  { name: 'stored', title: 'Size', kind: 'number', cell: ({ storedBytes }) => bytes(storedBytes) },
                  {
                    name: 'action',
                    title: 'Done',
                    cell: ({ action, note }) =>
                      `${action === 'none' ? 'nothing' : action}${note === null ? '' : `: ${note}`}`,
                  },
                ]}
              />
            )}
          </div>
        )}
      </QueryView>
    </Dialog>
  );
}
