import { Transform } from 'class-transformer';
import { IsIn, IsNumberString, IsOptional, IsUUID } from 'class-validator';
import { EVENT_TYPES, type EventType } from '../event-types.js';

/** Where a stream begins. */
export class ReplayQueryDto {
  /** Send what came after this event, for clients that can't set the Last-Event-ID header. */
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  lastEventId?: string;
}

/** Filters of the stream of all jobs. */
export class EventQueryDto extends ReplayQueryDto {
  /** Only events of this site. */
  @IsOptional()
  @IsUUID()
  siteId?: string;

  /** Only events of this job. */
  @IsOptional()
  @IsUUID()
  jobId?: string;

  /** Only these types: repeated, or separated by commas. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    (Array.isArray(value) ? value : [value]).flatMap((part) => (typeof part === 'string' ? part.split(',') : [part])),
  )
  @IsIn(EVENT_TYPES, { each: true })
  type?: EventType[];
}
