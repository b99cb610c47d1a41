import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsString, Length } from 'class-validator';
import { MayBeAbsent, PageDto } from '../../../common/http/index.js';
import { ChannelKind } from '../notification.entity.js';

/** A way to reach people, or a dead-man switch, to add. */
export class CreateChannelDto {
  /** @example 'on call' */
  @IsString()
  @Length(1, 100)
  name!: string;

  /**
   * One of `GET /notifications/channels/kinds`.
   * @example 'slack'
   */
  @IsString()
  @Length(1, 50)
  kind!: string;

  /**
   * Settings of the kind; secret ones are sealed and shown as `***` from then on.
   * @example { "url": "https://hooks.slack.com/services/T0/B0/x" }
   */
  @IsObject()
  settings!: Record<string, unknown>;
}

/** What to change; absent fields stay. */
export class UpdateChannelDto {
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  name?: string;

  /** Settings to replace; others stay as they are. `null` removes one, `***` keeps a secret. */
  @MayBeAbsent()
  @IsObject()
  settings?: Record<string, unknown>;

  /** A disabled channel gets nothing; what waits for it is dropped. */
  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

/** A kind of channel and what it must be told. */
export class ChannelKindDto {
  @ApiProperty({ enum: ChannelKind })
  kind!: ChannelKind;
  title!: string;
  /** JSON schema of the settings. */
  settingsSchema!: Record<string, unknown>;
  /** Names of the settings that are sealed and never returned. */
  secretSettings!: string[];
  /** A dead-man switch: gets a ping at each start and end of a job, and no messages. */
  pings!: boolean;
}

/** A channel; its secrets are shown as `***`. */
export class ChannelDto {
  id!: string;
  name!: string;
  @ApiProperty({ enum: ChannelKind })
  kind!: ChannelKind;
  settings!: Record<string, unknown>;
  enabled!: boolean;
  createdAt!: string;
  updatedAt!: string;
}

export class ChannelPageDto extends PageDto {
  items!: ChannelDto[];
}

export class ChannelTestErrorDto {
  code!: string;
  message!: string;
  hint!: string | null;
}

/** What came of a test message. */
export class ChannelTestDto {
  ok!: boolean;
  durationMs!: number;
  /** The HTTP or SMTP answer, without secrets; null when there was none. */
  response!: string | null;
  error!: ChannelTestErrorDto | null;
}
