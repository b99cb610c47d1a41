import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, Roles } from '../../common/http/index.js';
import { DeliveriesService, type NamedDelivery } from './deliveries.service.js';
import { DeliveryDto, DeliveryPageDto, DeliveryQueryDto } from './dto/delivery.dto.js';

@ApiTags('notifications')
@Controller('notifications/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** Lists what was sent, what waits and what failed in the last 90 days, the newest first. */
  @Roles('operator')
  @Get()
  async list(@Query() query: DeliveryQueryDto): Promise<DeliveryPageDto> {
    const page = await this.deliveries.list(query);
    return { ...page, items: page.items.map(toDto) };
  }

  /** Sends one that failed or was dropped once more. */
  @Roles('operator')
  @Post(':id/retry')
  @HttpCode(200)
  async retry(@IdParam() id: string): Promise<DeliveryDto> {
    return toDto(await this.deliveries.retry(id));
  }
}

function toDto({ delivery, channelName }: NamedDelivery): DeliveryDto {
  const news = delivery.message;
  const text = (name: string): string | null => {
    const value = news[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    id: delivery.id,
    channelId: delivery.channelId,
    channelName,
    ruleId: delivery.ruleId ?? null,
    siteId: delivery.siteId ?? null,
    siteName: text('siteName'),
    jobId: text('jobId'),
    type: text('type') ?? '',
    severity: text('severity') ?? 'info',
    what: text('what') ?? '',
    text: text('text') ?? '',
    count: typeof news['count'] === 'number' ? news['count'] : 1,
    state: delivery.state,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    error: delivery.error ?? null,
    response: delivery.response ?? null,
    createdAt: delivery.createdAt.toISOString(),
    sentAt: delivery.sentAt?.toISOString() ?? null,
  };
}
