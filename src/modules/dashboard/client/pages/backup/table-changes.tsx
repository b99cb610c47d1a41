import { useState } from 'preact/hooks';
import { api, ask, type Dto } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { count, plural } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { type Column, Table } from '../../ui/table.tsx';
import { ChangeBadge } from './change-badge.tsx';

type Diff = Dto<'TableDiffDto'>;
type TableChange = Dto<'TableChangeDto'>;
type ObjectChange = Dto<'DatabaseObjectChangeDto'>;

const KINDS: Readonly<Record<string, string>> = {
  view: 'View',
  trigger: 'Trigger',
  routine: 'Routine',
  event: 'Event',
  file: 'Database file',
};

const COLUMNS: readonly Column<TableChange>[] = [
  { name: 'name', title: 'Table', kind: 'main', cell: ({ name }) => <code class="diff-path">{name}</code> },
  {
    name: 'change',
    title: 'Change',
    cardLabel: '',
    cell: ({ change, definitionChanged }) => (
      <>
        <ChangeBadge change={change} />
        {definitionChanged && <span class="muted small"> defined otherwise</span>}
      </>
    ),
  },
  { name: 'added', title: 'Rows added', kind: 'number', cell: (table) => rows(table, table.rowsAdded) },
  { name: 'changed', title: 'Rows changed', kind: 'number', cell: (table) => rows(table, table.rowsChanged) },
  { name: 'removed', title: 'Rows removed', kind: 'number', cell: (table) => rows(table, table.rowsRemoved) },
  { name: 'after', title: 'Rows now', kind: 'number', cell: ({ rowsAfter }) => count(rowsAfter) },
];

/** Tables that are not the same. Asked for on demand: both dumps are read for it. */
export function TableChanges({ id, from }: { id: string; from: string }) {
  const [wanted, setWanted] = useState(false);
  const diff = useQuery(
    `backups/${id}/diff/tables?from=${from}`,
    (signal) =>
      ask(
        api.GET('/backups/{id}/diff/tables', {
          params: { path: { id }, query: from === '' ? {} : { from } },
          signal,
        }),
      ),
    { enabled: wanted },
  );
  if (!wanted)
    return (
      <Card title="Database">
        <div class="row row-between">
          <p class="muted">Comparing tables reads what is not in both backups. It may take a while.</p>
          <Button onClick={() => setWanted(true)}>Compare the tables</Button>
        </div>
      </Card>
    );
  return (
    <Card title="Database" flush>
      <QueryView query={diff}>{(data) => <Changes diff={data} />}</QueryView>
    </Card>
  );
}

function Changes({ diff: { totals, tables, objects } }: { diff: Diff }) {
  const [withSame, setWithSame] = useState(false);
  const changed = tables.filter(({ change }) => change !== 'same');
  return (
    <>
      <p class="diff-sentence muted">{sentence(totals, objects.length)}</p>
      {(withSame ? tables : changed).length > 0 && (
        <Table caption="Tables" rows={withSame ? tables : changed} rowKey={({ name }) => name} columns={COLUMNS} />
      )}
      {objects.length > 0 && (
        <ul class="warning-list">
          {objects.map((object) => (
            <li key={`${object.kind} ${object.name ?? ''}`} class="row">
              <ChangeBadge change={object.change} />
              <span class="diff-path">{objectName(object)}</span>
            </li>
          ))}
        </ul>
      )}
      {totals.same > 0 && !withSame && (
        <div class="pager">
          <Button size="small" onClick={() => setWithSame(true)}>
            Show {plural(totals.same, 'table')} that did not change
          </Button>
        </div>
      )}
    </>
  );
}

function sentence(
  { added, changed, removed, rowsAdded, rowsChanged, rowsRemoved, exact }: Diff['totals'],
  objects: number,
): string {
  if (added + changed + removed === 0)
    return objects === 0 ? 'The database is the same.' : 'No table can be compared; this is not the same:';
  const atMost = exact ? '' : ' at most';
  return `${plural(added, 'table')} added, ${count(changed)} changed, ${count(removed)} removed. Rows${atMost}: ${count(rowsAdded)} added, ${count(rowsChanged)} changed, ${count(rowsRemoved)} removed.`;
}

function rows({ exact }: TableChange, value: number): string | null {
  if (value === 0) return null;
  return exact ? count(value) : `≤ ${count(value)}`;
}

function objectName({ kind, name }: ObjectChange): string {
  const title = KINDS[kind] ?? kind;
  return name === null ? title : `${title} ${name}`;
}
