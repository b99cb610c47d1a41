import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, Roles } from '../../common/http/index.js';
import { ChannelsService } from './channels.service.js';
import { senders } from './channels/index.js';
import {
  ChannelDto,
  ChannelKindDto,
  ChannelPageDto,
  ChannelTestDto,
  CreateChannelDto,
  UpdateChannelDto,
} from './dto/channel.dto.js';
import type { NotificationChannel } from './notification.entity.js';

@ApiTags('notifications')
@Controller('notifications/channels')
export class ChannelsController {
  constructor(private readonly channels: ChannelsService) {}

  /** Lists the channels. */
  @Roles('operator')
  @Get()
  async list(@Query() query: PageQueryDto): Promise<ChannelPageDto> {
    const page = await this.channels.list(query);
    return { ...page, items: page.items.map((channel) => this.toDto(channel)) };
  }

  /** The kinds of channels and their settings. */
  @Roles('operator')
  @Get('kinds')
  kinds(): ChannelKindDto[] {
    return Object.values(senders).map(({ kind, title, settingsSchema, secretSettings, pings }) => ({
      kind,
      title,
      settingsSchema: { ...settingsSchema },
      secretSettings: [...secretSettings],
      pings,
    }));
  }

  /** Adds a channel. Nothing is sent: `POST …/test` tries it, and a rule says what goes there. */
  @Roles('admin')
  @Post()
  async create(@Body() body: CreateChannelDto): Promise<ChannelDto> {
    return this.toDto(await this.channels.create(body));
  }

  /** One channel. */
  @Roles('operator')
  @Get(':id')
  async get(@IdParam() id: string): Promise<ChannelDto> {
    return this.toDto(await this.channels.get(id));
  }

  /** Changes name, settings or whether it is enabled. */
  @Roles('admin')
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateChannelDto): Promise<ChannelDto> {
    return this.toDto(await this.channels.update(id, body));
  }

  /** Forgets a channel that no rule sends to. */
  @Roles('admin')
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.channels.remove(id);
  }

  /** Sends a test message now and says what the other side answered. The answer is 200 also when it failed: see `ok`. */
  @Roles('operator')
  @Post(':id/test')
  @HttpCode(200)
  async test(@IdParam() id: string): Promise<ChannelTestDto> {
    return this.channels.test(id);
  }

  private toDto(channel: NotificationChannel): ChannelDto {
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.kind,
      settings: this.channels.shown(channel),
      enabled: channel.enabled,
      createdAt: channel.createdAt.toISOString(),
      updatedAt: channel.updatedAt.toISOString(),
    };
  }
}
