import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../../common/errors/index.js';
import type { CreationContext } from './sql/set.js';
import type { ForeignKey } from './sql/create-table.js';
import type { ObjectKind } from './sql/object.js';
import type { LoadResult } from './types.js';

/**
 * How far a restore is. `committing` is the point of no return: from there a roll-back finishes the restore instead.
 */
export type Phase =
  | 'loading'
  | 'loaded'
  | 'activating'
  | 'activated'
  | 'committing'
  | 'committed'
  | 'rollingBack'
  | 'rolledBack';

export interface TableState {
  /** Name in the target. */
  name: string;
  /** Name in the backup. */
  source: string;
  scratch: string;
  foreignKeys: ForeignKey[];
  rows: number;
}

/** A live table or view that is moved out of the way. */
export interface Move {
  from: string;
  to: string;
  kind: 'table' | 'view';
  /** Not in the backup: it goes, after a safety dump. */
  extra: boolean;
}

/** A foreign key as it is in the server, with the DDL that makes it again. */
export interface LiveForeignKey {
  table: string;
  name: string;
  referencedTable: string;
  /** `FOREIGN KEY (…) REFERENCES … (…) ON …` without the referenced table's name: before and after it. */
  columns: string;
  rest: string;
}

/** A trigger, routine or event as it was before; `sql` is its SHOW CREATE text, `table` the live name. */
export interface ReplacedObject {
  kind: ObjectKind;
  name: string;
  table: string | null;
  sql: string;
  context: CreationContext;
}

export interface Plan {
  moves: Move[];
  /** Names of restored tables and views that are not there now. */
  fresh: string[];
  /** Foreign keys of tables that are not restored onto tables that are. */
  outsideKeys: LiveForeignKey[];
  /** Explicitly named keys of the old tables, whose names the new ones need; by the old table's live name. */
  oldKeys: LiveForeignKey[];
  /** Triggers of the old tables whose names the new ones need. */
  oldTriggers: ReplacedObject[];
}

export interface RestoreState {
  version: 1;
  /** Part of all scratch names. */
  id: string;
  phase: Phase;
  database: string;
  createdDatabase: boolean;
  createdUser: { user: string; host: string } | null;
  /** Account that was given the database, where both were there before. */
  grantedTo: { user: string; host: string } | null;
  tables: TableState[];
  /** Names of the views that `activate` creates. */
  views: string[];
  /** Names that differ between backup and target: of tables, views, and the database. */
  renames: { tables: [from: string, to: string][]; database: { from: string; to: string } };
  plan: Plan | null;
  /** What was dropped or replaced and comes back in a roll-back. Written before the drop. */
  replaced: ReplacedObject[];
  /** Routines and events that were not there and are about to be made. Written before. */
  created: { kind: ObjectKind; name: string }[];
  safetyDump: string | null;
  loadResult: LoadResult | null;
}

const FILE = 'database-restore.json';

/** The journal of one restore: each change is on disk before the step it announces is taken. */
export class StateFile {
  private constructor(
    private readonly folder: string,
    public state: RestoreState,
  ) {}

  /** The restore under way in this folder, or null. */
  static async open(folder: string): Promise<StateFile | null> {
    try {
      const text = await readFile(join(folder, FILE), 'utf8');
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by us, renamed into place as a whole
      return new StateFile(folder, JSON.parse(text) as RestoreState);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  static async create(folder: string, database: string): Promise<StateFile> {
    const file = new StateFile(folder, {
      version: 1,
      id: randomBytes(5).toString('hex'),
      phase: 'loading',
      database,
      createdDatabase: false,
      createdUser: null,
      grantedTo: null,
      tables: [],
      views: [],
      renames: { tables: [], database: { from: database, to: database } },
      plan: null,
      replaced: [],
      created: [],
      safetyDump: null,
      loadResult: null,
    });
    await file.save();
    return file;
  }

  /** Changes the state and makes it durable: written aside, synced, renamed, folder synced. */
  async update(change: Partial<RestoreState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.save();
  }

  /** The n-th name for a table while it is loaded. */
  scratchName(n: number): string {
    return `_bkr${this.state.id}_${n}`;
  }

  /** The n-th name for a table that is kept until the end. */
  oldName(n: number): string {
    return `_bko${this.state.id}_${n}`;
  }

  /** Where the views, triggers, routines and events wait, one JSON line each. */
  get objectsFile(): string {
    return join(this.folder, 'database-objects.ndjson');
  }

  async removeObjects(): Promise<void> {
    await rm(this.objectsFile, { force: true });
  }

  private async save(): Promise<void> {
    const partial = join(this.folder, `${FILE}.partial`);
    const file = await open(partial, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(this.state));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, join(this.folder, FILE));
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
