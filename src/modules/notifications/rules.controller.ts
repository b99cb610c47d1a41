import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, Roles } from '../../common/http/index.js';
import { CreateRuleDto, RuleDto, RulePageDto, UpdateRuleDto } from './dto/rule.dto.js';
import type { NotificationRule } from './notification.entity.js';
import { RulesService } from './rules.service.js';

@ApiTags('notifications')
@Controller('notifications/rules')
export class RulesController {
  constructor(private readonly rules: RulesService) {}

  /** Lists the rules. */
  @Roles('operator')
  @Get()
  async list(@Query() query: PageQueryDto): Promise<RulePageDto> {
    const page = await this.rules.list(query);
    return { ...page, items: page.items.map(toDto) };
  }

  /** Adds a rule; it counts from now on. */
  @Roles('admin')
  @Post()
  async create(@Body() body: CreateRuleDto): Promise<RuleDto> {
    return toDto(await this.rules.create(body));
  }

  /** One rule. */
  @Roles('operator')
  @Get(':id')
  async get(@IdParam() id: string): Promise<RuleDto> {
    return toDto(await this.rules.get(id));
  }

  /** Changes a rule; what waits is looked at again under its new terms. */
  @Roles('admin')
  @Patch(':id')
  async update(@IdParam() id: string, @Body() body: UpdateRuleDto): Promise<RuleDto> {
    return toDto(await this.rules.update(id, body));
  }

  /** Removes a rule; what waits by it is dropped. */
  @Roles('admin')
  @Delete(':id')
  @HttpCode(204)
  async remove(@IdParam() id: string): Promise<void> {
    await this.rules.remove(id);
  }
}

function toDto(rule: NotificationRule): RuleDto {
  return {
    id: rule.id,
    name: rule.name,
    events: rule.events,
    minSeverity: rule.minSeverity,
    siteIds: rule.sites.siteIds ?? null,
    labels: rule.sites.labels ?? null,
    channelIds: rule.channelIds,
    quietHours: rule.quietHours ?? null,
    digest: rule.digest ?? null,
    recovered: rule.recovered,
    remindHours: rule.remindHours ?? null,
    enabled: rule.enabled,
    createdAt: rule.createdAt.toISOString(),
    updatedAt: rule.updatedAt.toISOString(),
  };
}
