import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import type {
  DatabaseChange,
  DatabaseDifference,
  DatabaseObjectDifference,
  TableDifference,
} from '../../../engine/ports/index.js';

/** What to compare with. */
export class TableDiffQueryDto {
  /** The earlier backup; default the one before this one. */
  @IsOptional()
  @IsUUID()
  from?: string;
}

/** One table in the two backups. */
export class TableChangeDto implements TableDifference {
  @ApiProperty({ example: 'wp_posts' })
  name!: string;
  @ApiProperty({ enum: ['added', 'removed', 'changed', 'same'] })
  change!: DatabaseChange | 'same';
  @ApiProperty({ description: 'Whether the table is defined otherwise; false for one that was added or removed.' })
  definitionChanged!: boolean;
  @ApiProperty({ description: 'Rows in the earlier backup; 0 when the table was not there.' })
  rowsBefore!: number;
  @ApiProperty({ description: 'Rows in the later backup; 0 when the table is not there.' })
  rowsAfter!: number;
  rowsAdded!: number;
  rowsRemoved!: number;
  @ApiProperty({ description: 'Rows of the same primary key with other values; 0 where there is no primary key.' })
  rowsChanged!: number;
  @ApiProperty({
    description:
      'False when there was too much to compare: then rows added, removed and changed are each the most that it can be.',
  })
  exact!: boolean;
}

/** Something of the database that is no table and is not the same. */
export class DatabaseObjectChangeDto implements DatabaseObjectDifference {
  @ApiProperty({ example: 'view', description: 'view, trigger, routine, event; file for a database that is one.' })
  kind!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null when only the kind is known.' })
  name!: string | null;
  @ApiProperty({ enum: ['added', 'removed', 'changed'] })
  change!: DatabaseChange;
}

/** Figures of all tables. */
export class TableDiffTotalsDto {
  @ApiProperty({ description: 'Tables.' })
  added!: number;
  @ApiProperty({ description: 'Tables.' })
  removed!: number;
  @ApiProperty({ description: 'Tables.' })
  changed!: number;
  @ApiProperty({ description: 'Tables.' })
  same!: number;
  rowsAdded!: number;
  rowsRemoved!: number;
  rowsChanged!: number;
  @ApiProperty({ description: 'Whether the figures of every table are.' })
  exact!: boolean;

  static of(this: void, tables: readonly TableDifference[]): TableDiffTotalsDto {
    const totals = {
      added: 0,
      removed: 0,
      changed: 0,
      same: 0,
      rowsAdded: 0,
      rowsRemoved: 0,
      rowsChanged: 0,
      exact: true,
    };
    for (const table of tables) {
      totals[table.change] += 1;
      totals.rowsAdded += table.rowsAdded;
      totals.rowsRemoved += table.rowsRemoved;
      totals.rowsChanged += table.rowsChanged;
      totals.exact &&= table.exact;
    }
    return totals;
  }
}

/** What changed in the database between two backups. */
export class TableDiffDto {
  @ApiProperty({ description: 'The earlier backup.' })
  from!: string;
  @ApiProperty({ description: 'The later backup.' })
  to!: string;
  @ApiProperty({ type: TableDiffTotalsDto })
  totals!: TableDiffTotalsDto;
  @ApiProperty({ type: [TableChangeDto], description: 'Every table of either backup, by name.' })
  tables!: TableChangeDto[];
  @ApiProperty({ type: [DatabaseObjectChangeDto], description: 'What else is not the same, by kind and name.' })
  objects!: DatabaseObjectChangeDto[];

  static of(this: void, from: string, to: string, { tables, objects }: DatabaseDifference): TableDiffDto {
    return { from, to, totals: TableDiffTotalsDto.of(tables), tables, objects };
  }
}
