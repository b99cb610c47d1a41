import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsISO8601, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { NoNul } from '../../../common/http/index.js';
import type { AuditEntry } from '../audit-entry.entity.js';

const ACTORS = ['token', 'user', 'system', 'nobody'] as const;

/** Which entries to list; what is left out does not filter. */
export class AuditQueryDto {
  /** The id or the name of a token or a user, `system` (backupd itself) or `nobody` (requests that were not let in). */
  @IsOptional()
  @IsString()
  @NoNul()
  @Length(1, 200)
  actor?: string;

  /** One action (`sites.update`), or all of a feature (`sites.`). */
  @IsOptional()
  @IsString()
  @NoNul()
  @Length(1, 100)
  action?: string;

  /** Only what was done to this: the id of a site, a backup, a token, … */
  @IsOptional()
  @IsString()
  @NoNul()
  @Length(1, 200)
  target?: string;

  /** Only from this time on. */
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  /** Only before this time. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;

  /** `nextCursor` of the page before. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  cursor?: number;

  /** How many to return. */
  @ApiPropertyOptional()
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit: number = 50;
}

/** One entry of the audit log. */
export class AuditEntryDto {
  id!: number;
  /** When its answer was known. */
  @ApiProperty({ example: '2026-03-01T03:00:04.000Z' })
  at!: string;
  /** `token` = a program, `user` = a person, `system` = backupd by itself, `nobody` = a request that was not let in. */
  @ApiProperty({ enum: ACTORS })
  actor!: AuditEntry['actor'];
  /** Id of the token or the user. */
  @ApiProperty({ type: String, nullable: true })
  actorId!: string | null;
  /** The name at that time. */
  @ApiProperty({ type: String, nullable: true, example: 'deploy script' })
  actorName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'operator' })
  role!: string | null;
  /** The caller's address. */
  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  address!: string | null;
  @ApiProperty({ type: String, nullable: true })
  userAgent!: string | null;
  @ApiProperty({ example: 'sites.update' })
  action!: string;
  /** Id of what it was done to. */
  @ApiProperty({ type: String, nullable: true })
  targetId!: string | null;
  /** HTTP status of the answer. */
  @ApiProperty({ type: Number, nullable: true, example: 200 })
  status!: number | null;
  /** Code of the error that was answered. */
  @ApiProperty({ type: String, nullable: true, example: 'ROLE_TOO_LOW' })
  error!: string | null;
  /** What was asked. Whatever could be a secret is `***`. */
  @ApiProperty({ type: Object })
  details!: Record<string, unknown>;

  static of(entry: AuditEntry): AuditEntryDto {
    return {
      id: entry.id,
      at: entry.at.toISOString(),
      actor: entry.actor,
      actorId: entry.actorId ?? null,
      actorName: entry.actorName ?? null,
      role: entry.role ?? null,
      address: entry.address ?? null,
      userAgent: entry.userAgent ?? null,
      action: entry.action,
      targetId: entry.targetId ?? null,
      status: entry.status ?? null,
      error: entry.error ?? null,
      details: entry.details,
    };
  }
}

/** Entries, newest first. */
export class AuditPageDto {
  @ApiProperty({ type: [AuditEntryDto] })
  items!: AuditEntryDto[];
  /** Give it as `cursor` for the next page; null = this was the last. */
  @ApiProperty({ type: Number, nullable: true })
  nextCursor!: number | null;
}
