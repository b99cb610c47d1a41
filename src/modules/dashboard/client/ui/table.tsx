import type { ComponentChildren, Key } from 'preact';
import { ArrowDown, ArrowUp } from 'lucide-preact';
import './table.css';

export interface Column<Row> {
  /** Unique in the table; what `sort` names. */
  name: string;
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** `main` is what the row is about and the head of its card; `number` is at the right; `actions` is last. */
  kind?: 'main' | 'number' | 'actions';
  sortable?: boolean;
  /** Said before the value where rows are cards; the title when absent, '' for none. */
  cardLabel?: string;
}

export interface Sort {
  name: string;
  descending: boolean;
}

interface TableProps<Row> {
  /** What it lists, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => Key;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Older rows are shown while newer ones come. */
  stale?: boolean;
}

/** A table that becomes cards on phones. */
export function Table<Row>({ caption, columns, rows, rowKey, sort = null, onSort, stale = false }: TableProps<Row>) {
  return (
    <div class="table-wrap">
      <table class={`table${stale ? ' table-stale' : ''}`} role="table" aria-busy={stale}>
        <caption class="visually-hidden">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeadCell key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map(({ name, kind, cardLabel, title, cell }) => {
                const label = cardLabel ?? title;
                return (
                  <td key={name} role="cell" class={cellClass(kind)} {...(label === '' ? {} : { 'data-label': label })}>
                    {cell(row)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeadCell<Row>({
  column: { name, title, kind, sortable },
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
}) {
  const isSorted = sort?.name === name;
  const order = !isSorted ? 'none' : sort.descending ? 'descending' : 'ascending';
  const Arrow = isSorted && sort.descending ? ArrowDown : ArrowUp;
  return (
    <th role="columnheader" scope="col" class={cellClass(kind)} {...(sortable === true ? { 'aria-sort': order } : {})}>
      {kind === 'actions' ? (
        <span class="visually-hidden">{title}</span>
      ) : sortable === true && onSort !== undefined ? (
        <button type="button" onClick={() => onSort({ name, descending: isSorted && !sort.descending })}>
          {title}
          {isSorted && <Arrow class="icon icon-small" aria-hidden="true" />}
        </button>
      ) : (
        title
      )}
    </th>
  );
}

function cellClass(kind: Column<unknown>['kind']): string {
  if (kind === undefined) return '';
  return kind === 'number' ? 'number' : `cell-${kind}`;
}
