import type { Dto } from '../../api/client.ts';
import { bytes, count, plural } from '../../lib/format.ts';
import { Card } from '../../ui/card.tsx';
import { Notice } from '../../ui/notice.tsx';

type Preview = Dto<'RestorePreviewDto'>;
type Files = NonNullable<Preview['files']>;
type Database = NonNullable<Preview['database']>;

/** What would change, before anything does. */
export function PreviewCard({ preview, delta }: { preview: Preview; delta: boolean }) {
  const { files, database, warnings, bytesNeeded, bytesFree } = preview;
  return (
    <Card title="What will change">
      <div class="stack">
        {warnings.map((warning) => (
          <Notice key={warning} tone="warning">
            <p>{warning}</p>
          </Notice>
        ))}
        {bytesNeeded > bytesFree && (
          <Notice tone="warning">
            <p>
              There is not enough room: it takes up to {bytes(bytesNeeded)} while it runs, and {bytes(bytesFree)} are
              free.
            </p>
          </Notice>
        )}
        {files !== null && <FilesPart files={files} delta={delta} />}
        {database !== null && <DatabasePart database={database} />}
        <p class="muted small">
          Takes up to {bytes(bytesNeeded)} of room while it runs; {bytes(bytesFree)} are free.
        </p>
      </div>
    </Card>
  );
}

function FilesPart({ files, delta }: { files: Files; delta: boolean }) {
  const { create, replace, unchanged, sample } = files;
  const isSame = create + replace + files.delete === 0;
  return (
    <section class="stack-tight" aria-label="Files">
      <h3>Files</h3>
      <ul class="figures">
        <Figure value={create} text="created" />
        <Figure value={replace} text="replaced" />
        <Figure value={files.delete} text="deleted" danger />
        <Figure value={unchanged} text="as they are" />
      </ul>
      <p class="muted">
        {isSame ? 'By their looks, all files are as in the backup. ' : ''}
        {delta
          ? `${bytes(files.bytes)} are written: what differs.`
          : `${bytes(files.bytes)} are written: all that is restored, also what looks the same.`}
      </p>
      {sample.length > 0 && (
        <details class="more-options">
          <summary>Some of the paths that change</summary>
          <ul class="sample">
            {sample.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function DatabasePart({ database }: { database: Database }) {
  const { name, host, replace, create, drop, createDatabase } = database;
  if (host === 'file')
    return (
      <section class="stack-tight" aria-label="Database">
        <h3>Database</h3>
        <p>
          The database file <code>{name}</code> is {replace.length > 0 ? 'replaced' : 'created'}.
        </p>
      </section>
    );
  return (
    <section class="stack-tight" aria-label="Database">
      <h3>
        Database <code>{name}</code> at {host}
      </h3>
      {createDatabase && <p>The database is created.</p>}
      <ul class="figures">
        <Figure value={replace.length} text="tables replaced" />
        <Figure value={create.length} text="tables created" />
        <Figure value={drop.length} text="tables dropped" danger />
      </ul>
      {drop.length > 0 && (
        <p>
          Dropped are tables of the site that were made after the backup. They are kept in a safety dump:{' '}
          <Names of={drop} />
        </p>
      )}
      {replace.length + create.length > 0 && (
        <details class="more-options">
          <summary>{plural(replace.length + create.length, 'table')} by name</summary>
          <p>
            <Names of={[...replace, ...create]} />
          </p>
        </details>
      )}
    </section>
  );
}

function Names({ of: names }: { of: readonly string[] }) {
  return <code>{names.join(', ')}</code>;
}

function Figure({ value, text, danger = false }: { value: number; text: string; danger?: boolean }) {
  return (
    <li class={danger && value > 0 ? 'figure figure-danger' : 'figure'}>
      <strong>{count(value)}</strong> <span>{text}</span>
    </li>
  );
}
