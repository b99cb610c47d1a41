import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Length, Max, MaxLength, Min } from 'class-validator';
import { displayPath, withPath, type ManifestEntry } from '../../../engine/snapshot/manifest/index.js';
import type { ChangedFact, FileChange } from '../../../engine/snapshot/diff/index.js';

/** What to compare with, and which part. */
export class DiffQueryDto {
  /** The earlier backup; default the one before this one. */
  @IsOptional()
  @IsUUID()
  from?: string;

  /**
   * Only this path and what is below it.
   * @example 'files/wp-content'
   */
  @IsOptional()
  @IsString()
  @MaxLength(16_384)
  path?: string;

  /** `nextCursor` of the page before. Later pages have no totals. */
  @IsOptional()
  @IsString()
  @Length(1, 32_768)
  cursor?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 200;
}

/** An entry as it was in one of the two backups. */
export class DiffSideDto {
  @ApiProperty({ enum: ['file', 'dir', 'symlink', 'hardlink', 'fifo'] })
  type!: string;
  size!: number;
  @ApiProperty({ example: 420 })
  mode!: number;
  @ApiProperty({ description: 'Nanoseconds since 1970, as text.' })
  mtime!: string;

  static of(this: void, entry: ManifestEntry): DiffSideDto {
    return { type: entry.type, size: entry.size, mode: entry.mode, mtime: entry.mtime };
  }
}

/** One path that is not the same. */
export class FileChangeDto {
  @ApiProperty({ enum: ['added', 'removed', 'changed'] })
  change!: 'added' | 'removed' | 'changed';
  @ApiProperty({ description: 'For showing.', example: 'files/wp-config.php' })
  name!: string;
  @ApiProperty({ required: false, example: 'files/wp-config.php' })
  path?: string;
  @ApiProperty({ required: false, description: 'In place of `path`, where that is not UTF-8.' })
  pathBase64?: string;
  @ApiProperty({
    isArray: true,
    enum: ['type', 'content', 'target', 'mode', 'owner', 'mtime', 'xattrs'],
    description: 'What of it is different.',
  })
  what!: ChangedFact[];
  @ApiProperty({ required: false, type: DiffSideDto })
  before?: DiffSideDto;
  @ApiProperty({ required: false, type: DiffSideDto })
  after?: DiffSideDto;

  static of(this: void, { kind, path, what, before, after }: FileChange): FileChangeDto {
    return {
      change: kind,
      name: displayPath(path),
      ...withPath(path),
      what,
      ...(before === undefined ? {} : { before: DiffSideDto.of(before) }),
      ...(after === undefined ? {} : { after: DiffSideDto.of(after) }),
    };
  }
}

/** Figures of the whole comparison. */
export class DiffTotalsDto {
  added!: number;
  removed!: number;
  changed!: number;
  @ApiProperty({ description: 'Bytes of files that are new or have other content.' })
  newBytes!: number;
  @ApiProperty({ description: 'Bytes of files that are gone or had other content.' })
  goneBytes!: number;
}

/** What changed in the files between two backups. */
export class FileDiffDto {
  @ApiProperty({ description: 'The earlier backup.' })
  from!: string;
  @ApiProperty({ description: 'The later backup.' })
  to!: string;
  @ApiProperty({ type: DiffTotalsDto, nullable: true, description: 'Of all pages; null when a cursor was given.' })
  totals!: DiffTotalsDto | null;
  @ApiProperty({ type: [FileChangeDto] })
  items!: FileChangeDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Give it back to get more; null at the end.' })
  nextCursor!: string | null;
}
