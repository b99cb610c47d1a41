import type { JobJournal } from '../../../engine/ports/index.js';
import type { MySqlSession } from '../mysql/index.js';
import type { TableState } from './state.js';

const SHOWN = 3;
/** MariaDB's dump gives generated columns their values; the server computes them itself. */
const GENERATED_IGNORED = 1906;

/** Tells what the server had to change to take rows: a few times per table. */
export class LoadWarnings {
  private readonly told = new Map<string, number>();

  constructor(private readonly journal: JobJournal) {}

  /** To be called right after the statement that had warnings, in its session. */
  async tell(session: MySqlSession, table: TableState, piece: string): Promise<void> {
    const told = this.told.get(table.name) ?? 0;
    if (told >= SHOWN) return;
    const rows = await session.rows<{ Level: string; Code: number; Message: string }>('SHOW WARNINGS');
    const first = rows.find((row) => row.Level !== 'Note' && row.Code !== GENERATED_IGNORED);
    if (!first) return;
    this.told.set(table.name, told + 1);
    this.journal.warn({
      code: 'DATABASE_VALUE_CHANGED',
      message: `Rows of ${table.name} did not fit as they were: ${first.Message.replaceAll(table.scratch, table.name)}`,
      context: { table: table.name, piece, errno: first.Code },
    });
  }
}
