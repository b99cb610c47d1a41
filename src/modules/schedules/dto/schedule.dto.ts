import { ApiProperty } from '@nestjs/swagger';
import { PageDto } from '../../../common/http/index.js';
import { MissedPolicy, ScheduleKind, ScheduleScope, SlotOutcome } from '../schedule.entity.js';
import { BlackoutDto, RhythmDto } from './rhythm.dto.js';

/** A run that is to come. */
export class NextRunDto {
  /** The slot: when the rhythm says. */
  slotAt!: string;
  /** When it is started: later by jitter and blackouts. */
  startsAt!: string;
}

/** A slot that has passed. */
export class PastSlotDto {
  slotAt!: string;
  @ApiProperty({ enum: SlotOutcome })
  outcome!: SlotOutcome;
  @ApiProperty({ type: String, nullable: true })
  jobId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  note!: string | null;
  decidedAt!: string;
}

/** A schedule. */
export class ScheduleDto {
  id!: string;
  name!: string;
  @ApiProperty({ enum: ScheduleKind })
  kind!: ScheduleKind;
  @ApiProperty({ enum: ScheduleScope })
  scope!: ScheduleScope;
  @ApiProperty({ type: String, nullable: true })
  scopeValue!: string | null;
  /** Name of the site, where the scope is one. */
  @ApiProperty({ type: String, nullable: true })
  scopeName!: string | null;
  rhythm!: RhythmDto;
  /** @example 'every day at 02:00, Europe/Berlin' */
  text!: string;
  @ApiProperty({ type: String, nullable: true })
  timeZone!: string | null;
  jitterSeconds!: number;
  blackouts!: BlackoutDto[];
  @ApiProperty({ enum: MissedPolicy })
  missed!: MissedPolicy;
  @ApiProperty({ type: Number, nullable: true })
  maxPerNode!: number | null;
  @ApiProperty({ type: 'object', additionalProperties: true })
  options!: Record<string, unknown>;
  paused!: boolean;
  /** How many sites it starts jobs for now; 0 when it is paused, 1 for a kind without sites. */
  sites!: number;
  /** When the first of them is started next. */
  @ApiProperty({ type: String, nullable: true })
  nextRun!: string | null;
  createdAt!: string;
  updatedAt!: string;
}

export class SchedulePageDto extends PageDto {
  items!: ScheduleDto[];
}

/** A schedule with its newest passed slots. */
export class ScheduleDetailsDto extends ScheduleDto {
  /** The next five; of a schedule of many sites their slots, without jitter. */
  next!: NextRunDto[];
  lastSlots!: PastSlotDto[];
}

/** What a schedule would do. */
export class SchedulePreviewDto {
  /** @example 'every day at 02:00, Europe/Berlin' */
  text!: string;
  timeZone!: string;
  next!: NextRunDto[];
}

/** The schedule of one kind that counts for a site. */
export class SiteScheduleDto {
  @ApiProperty({ enum: ['backup', 'verify'] })
  kind!: ScheduleKind;
  /** The one that counts; null = there is none. */
  @ApiProperty({ type: String, nullable: true })
  scheduleId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  name!: string | null;
  /** Why it is that one. */
  @ApiProperty({ enum: ScheduleScope, nullable: true })
  source!: ScheduleScope | null;
  /** In words; says also why nothing runs. */
  text!: string;
  @ApiProperty({ type: String, nullable: true })
  timeZone!: string | null;
  /** Whether anything is started. */
  active!: boolean;
  next!: NextRunDto[];
  /** Why the slot that is due waits. */
  @ApiProperty({ type: String, nullable: true })
  waiting!: string | null;
  /** The newest ten. */
  lastSlots!: PastSlotDto[];
}

/** A site for which no job was made. */
export class RefusedRunDto {
  siteId!: string;
  siteName!: string;
  reason!: string;
}

/** What was started. */
export class ScheduleRunDto {
  /** Ids of the jobs that were made. */
  jobIds!: string[];
  /** Whether something that is no job of a site was begun. */
  begun!: boolean;
  refused!: RefusedRunDto[];
}

/** A site on disk that a scheduled scan has seen. */
export class DiscoveredSiteEntryDto {
  path!: string;
  /** The host it is on; null = the master's own. */
  @ApiProperty({ type: String, nullable: true })
  nodeId!: string | null;
  @ApiProperty({ type: String, nullable: true })
  nodeName!: string | null;
  module!: string;
  name!: string;
  /** `new`: not registered. `moved`: was at `movedFrom`. `vanished`: a registered site that is not there any more. */
  @ApiProperty({ enum: ['new', 'moved', 'vanished'] })
  state!: 'new' | 'moved' | 'vanished';
  @ApiProperty({ type: String, nullable: true })
  movedFrom!: string | null;
  /** The registered site that it is or was. */
  @ApiProperty({ type: String, nullable: true })
  siteId!: string | null;
  foundAt!: string;
  lastSeenAt!: string;
  @ApiProperty({ type: String, nullable: true })
  vanishedAt!: string | null;
}

export class DiscoveredSitePageDto extends PageDto {
  items!: DiscoveredSiteEntryDto[];
}
