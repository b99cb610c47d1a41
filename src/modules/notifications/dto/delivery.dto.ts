import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageDto, PageQueryDto } from '../../../common/http/index.js';
import { DeliveryState } from '../notification.entity.js';

/** Which deliveries. */
export class DeliveryQueryDto extends PageQueryDto {
  @ApiPropertyOptional()
  @IsOptional()
  @IsUUID()
  channelId?: string;

  @ApiPropertyOptional({ enum: DeliveryState })
  @IsOptional()
  @IsIn(Object.values(DeliveryState))
  state?: DeliveryState;

  @ApiPropertyOptional()
  @IsOptional()
  @IsUUID()
  siteId?: string;
}

/** One piece of news for one channel, and what became of it. Several are sent as one message where they come together. */
export class DeliveryDto {
  id!: string;
  channelId!: string;
  /** Null when the channel is gone. */
  channelName!: string | null;
  /** Null = a test or a heartbeat. */
  ruleId!: string | null;
  siteId!: string | null;
  siteName!: string | null;
  jobId!: string | null;
  /** @example 'job.failed' */
  type!: string;
  severity!: string;
  /** @example 'backup failed' */
  what!: string;
  text!: string;
  /** How often it happened until it was sent. */
  count!: number;
  @ApiProperty({ enum: DeliveryState })
  state!: DeliveryState;
  attempts!: number;
  /** When it is sent or tried again at the earliest; null when it is over. */
  nextAttemptAt!: string | null;
  /** Why it was not sent; without secrets. */
  error!: string | null;
  /** The last HTTP or SMTP answer, without secrets. */
  response!: string | null;
  createdAt!: string;
  sentAt!: string | null;
}

export class DeliveryPageDto extends PageDto {
  items!: DeliveryDto[];
}
