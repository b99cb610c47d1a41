import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import type { StoredStage } from '../../../engine/runner/index.js';
import { AttemptOutcome, type Job, JobKind, JobStatus } from '../job.entity.js';
import { askedFor } from '../lost-runs.js';

const STAGE_STATUSES = ['pending', 'running', 'completed', 'failed', 'skipped'] as const;

/** One stage of a job. */
export class StageDto {
  @ApiProperty({ example: 'backup_db' })
  name!: string;
  @ApiProperty({ enum: STAGE_STATUSES })
  status!: StoredStage['status'];
  @ApiProperty({ type: String, nullable: true, example: '12 tables dumped.' })
  message!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true, example: { tables: 12 } })
  details!: Record<string, unknown>;
  @ApiProperty({ type: Number, nullable: true, example: 1.25 })
  durationSeconds!: number | null;
}

/** Where the running stages are: those that run at the same time are added up. */
export class ProgressDto {
  @ApiProperty({ example: 'create_bundle', description: 'The stage that began last.' })
  stage!: string;
  @ApiProperty({ example: 10_485_760 })
  bytesDone!: number;
  @ApiProperty({ type: Number, nullable: true, example: 104_857_600 })
  bytesTotal!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  itemsDone!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  itemsTotal!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 10 })
  percent!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  bytesPerSecond!: number | null;
  @ApiProperty({ type: String, nullable: true, example: 'wp-content/uploads' })
  current!: string | null;
}

/** Something to know about an otherwise good result. */
export class JobWarningDto {
  @ApiProperty({ example: 'FILE_CHANGED' })
  code!: string;
  message!: string;
  @ApiProperty({ type: 'object', additionalProperties: true })
  context!: Record<string, unknown>;
}

/** Why a job failed. */
export class JobErrorDto {
  @ApiProperty({ example: 'NO_STORAGE' })
  code!: string;
  message!: string;
  @ApiProperty({ type: String, nullable: true })
  hint!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  context!: Record<string, unknown>;
}

/** One run of a job that is over. */
export class AttemptDto {
  @ApiProperty({ description: '1 is the first.' })
  number!: number;
  @ApiProperty({ type: String, nullable: true })
  startedAt!: string | null;
  endedAt!: string;
  @ApiProperty({
    enum: AttemptOutcome,
    description:
      '`postponed` = tried again later by itself; `cut-off` = its process was killed; `interrupted` = backupd was stopped.',
  })
  outcome!: AttemptOutcome;
  @ApiProperty({ type: String, nullable: true, description: 'The stage that failed or was cut off.' })
  stage!: string | null;
  @ApiProperty({ type: JobErrorDto, nullable: true })
  error!: JobErrorDto | null;
}

/** A job. */
export class JobDto {
  id!: string;
  siteId!: string;
  siteName!: string;
  @ApiProperty({ type: String, nullable: true, description: "The node that runs it; null = the master's own host." })
  nodeId!: string | null;
  @ApiProperty({ enum: JobKind })
  kind!: JobKind;
  @ApiProperty({ enum: JobStatus, description: 'Partial success is `completed` with a `warningCount` above 0.' })
  status!: JobStatus;
  priority!: number;
  @ApiProperty({ description: '0 before the first run; more than 1 when it was cut off or met a passing fault.' })
  attempt!: number;
  @ApiProperty({ type: [AttemptDto], description: 'Runs that are over, oldest first; the newest 20.' })
  attempts!: AttemptDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'When a waiting job is tried again; null = as soon as there is room.',
  })
  retryAt!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Until then a failed backup keeps what it had made, and a retry goes on from there; it goes earlier when the site’s next backup begins or the disk is nearly full. null = nothing is kept.',
  })
  keptUntil!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Bytes kept in its work folder.' })
  keptBytes!: number | null;
  @ApiProperty({ type: [StageDto] })
  stages!: StageDto[];
  @ApiProperty({ type: ProgressDto, nullable: true })
  progress!: ProgressDto | null;
  @ApiProperty({ type: [JobWarningDto], description: 'The first 200.' })
  warnings!: JobWarningDto[];
  @ApiProperty({ description: 'All warnings, also those not kept.' })
  warningCount!: number;
  @ApiProperty({ type: JobErrorDto, nullable: true })
  error!: JobErrorDto | null;
  @ApiProperty({ type: String, nullable: true, description: 'The backup that was made, restored or verified.' })
  backupId!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What was asked for, without secrets.',
    example: { full: false, reread: false },
  })
  request!: Record<string, unknown>;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  result!: Record<string, unknown> | null;
  createdAt!: string;
  @ApiProperty({ type: String, nullable: true })
  startedAt!: string | null;
  @ApiProperty({ type: String, nullable: true })
  finishedAt!: string | null;

  /** The job as the API shows it. */
  static of(this: void, job: Job): JobDto {
    const made = job.kind !== JobKind.Backup || job.status === JobStatus.Completed;
    return {
      id: job.id,
      siteId: job.siteId,
      siteName: job.siteName,
      nodeId: job.nodeId ?? null,
      kind: job.kind,
      status: job.status,
      priority: job.priority,
      attempt: job.attempt,
      attempts: job.attempts.map(({ number, startedAt, endedAt, outcome, stage, error }) => ({
        number,
        startedAt,
        endedAt,
        outcome,
        stage,
        error,
      })),
      retryAt: job.retryAt?.toISOString() ?? null,
      keptUntil: job.keptUntil?.toISOString() ?? null,
      keptBytes: job.keptBytes ?? null,
      stages: job.stages.map(({ name, status, message, details, durationSeconds }) => ({
        name,
        status,
        message,
        details,
        durationSeconds,
      })),
      progress: job.progress ?? null,
      warnings: job.warnings.map(({ code, message, context }) => ({ code, message, context })),
      warningCount: job.warningCount,
      error: job.error ?? null,
      backupId: made ? job.backupId : null,
      request: askedFor(job),
      result: job.result ?? null,
      createdAt: job.createdAt.toISOString(),
      startedAt: job.startedAt?.toISOString() ?? null,
      finishedAt: job.finishedAt?.toISOString() ?? null,
    };
  }
}

/** A page of jobs, newest first. */
export class JobPageDto extends PageDto {
  @ApiProperty({ type: [JobDto] })
  items!: JobDto[];
}

/** Filters of the list of jobs. */
export class JobQueryDto extends PageQueryDto {
  @IsOptional()
  @IsUUID()
  siteId?: string;

  /** One or more: repeated, or separated by commas. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    (Array.isArray(value) ? value : [value]).flatMap((part) => (typeof part === 'string' ? part.split(',') : [part])),
  )
  @IsIn(Object.values(JobStatus), { each: true })
  @ApiProperty({ enum: JobStatus, isArray: true, required: false })
  status?: JobStatus[];

  @IsOptional()
  @IsIn(Object.values(JobKind))
  @ApiProperty({ enum: JobKind, required: false })
  kind?: JobKind;
}
