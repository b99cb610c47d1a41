import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { PageQueryDto, ProblemDto, Role, Roles } from '../../common/http/index.js';
import { QuotaDto, QuotaPageDto, SetQuotaDto, UsagePageDto, UsageQueryDto } from './dto/quota.dto.js';
import { QuotaScope } from './quota.entity.js';
import { type NamedQuota, QuotasService } from './quotas.service.js';
import { UsageService } from './usage.service.js';

const SUBJECT = { name: 'subject', description: "Id of the site, node or provider; `self` = the master's own host." };

/** How much may be stored, and how much is. */
@ApiTags('quota')
@ApiBearerAuth()
@Controller()
export class QuotasController {
  constructor(
    private readonly quotas: QuotasService,
    private readonly usage: UsageService,
  ) {}

  @Get('quotas')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'List the quotas', description: 'What is not listed has no limit.' })
  @ApiOkResponse({ type: QuotaPageDto })
  async list(@Query() query: PageQueryDto): Promise<QuotaPageDto> {
    const page = await this.quotas.list(query);
    return { ...page, items: page.items.map(toDto) };
  }

  @Put('quotas/:scope/:subject')
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Set the quota of a site, a node or a storage provider' })
  @ApiParam({ name: 'scope', enum: QuotaScope })
  @ApiParam(SUBJECT)
  @ApiOkResponse({ type: QuotaDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND, STORAGE_NOT_FOUND, NODE_NOT_FOUND' })
  async set(
    @Param('scope') scope: string,
    @Param('subject') subject: string,
    @Body() body: SetQuotaDto,
  ): Promise<QuotaDto> {
    return toDto(await this.quotas.set(scope, subject, body));
  }

  @Delete('quotas/:scope/:subject')
  @HttpCode(204)
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Remove a quota: no limit from now on' })
  @ApiParam({ name: 'scope', enum: QuotaScope })
  @ApiParam(SUBJECT)
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ type: ProblemDto, description: 'QUOTA_NOT_FOUND' })
  async remove(@Param('scope') scope: string, @Param('subject') subject: string): Promise<void> {
    await this.quotas.remove(scope, subject);
  }

  @Get('usage')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'What is stored, by site, node or provider', description: 'The largest first.' })
  @ApiOkResponse({ type: UsagePageDto })
  async used(@Query() query: UsageQueryDto): Promise<UsagePageDto> {
    return this.usage.list(query.scope, query);
  }
}

function toDto(quota: NamedQuota): QuotaDto {
  return { ...quota, updatedAt: quota.updatedAt.toISOString() };
}
