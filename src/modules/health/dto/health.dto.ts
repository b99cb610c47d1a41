import { ApiProperty } from '@nestjs/swagger';

/** How the server is. */
export class HealthDto {
  /** `ok`, or `degraded` when the database does not answer. */
  status!: 'ok' | 'degraded';
  /** @example '0.1.0' */
  version!: string;
  mode!: 'master' | 'node';
  database!: 'ok' | 'failed';
}

/** One word, and nothing else. */
export class LiveDto {
  @ApiProperty({ enum: ['ok'] })
  status!: 'ok';
}

/** One word, and nothing else. */
export class ReadyDto {
  @ApiProperty({ enum: ['ready', 'unavailable'] })
  status!: 'ready' | 'unavailable';
}

/** How the server is, in detail. */
export class HealthDetailsDto {
  @ApiProperty({ enum: ['ready', 'unavailable'] })
  status!: 'ready' | 'unavailable';
  /** @example '0.1.0' */
  version!: string;
  mode!: 'master' | 'node';
  /** Since this process began. */
  uptimeSeconds!: number;
  /** Whether the database answers. */
  database!: boolean;
  /** Whether the job queue answers. */
  queue!: boolean;
  /** Whether the schema is the one that this version knows. */
  schema!: boolean;
  /** False while the server starts and while it stops. */
  running!: boolean;
}
