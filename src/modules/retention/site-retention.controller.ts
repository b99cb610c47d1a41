import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { PreviewRetentionDto, RetentionPreviewDto, RetentionRunDto } from './dto/retention.dto.js';
import { RetentionRunner } from './retention-runner.js';
import { RetentionService } from './retention.service.js';

/** Retention of one site. Its own policy is set with `PATCH /sites/{id}`. */
@ApiTags('retention')
@ApiBearerAuth()
@ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
@Controller('sites')
export class SiteRetentionController {
  constructor(
    private readonly retention: RetentionService,
    private readonly runner: RetentionRunner,
  ) {}

  @Get(':id/retention')
  @Roles(Role.Viewer)
  @Restricted('site')
  @ApiOperation({
    summary: "What the site's policy keeps and lets go, and why",
    description: 'For every backup, newest first. Changes nothing.',
  })
  @ApiOkResponse({ type: RetentionPreviewDto })
  async show(@IdParam() id: string, @Query() page: PageQueryDto): Promise<RetentionPreviewDto> {
    return this.retention.preview(id, page);
  }

  @Post(':id/retention/preview')
  @HttpCode(200)
  @Roles(Role.Viewer)
  @Restricted('site')
  @ApiOperation({ summary: 'The same with another policy', description: 'Changes nothing.' })
  @ApiOkResponse({ type: RetentionPreviewDto })
  async preview(
    @IdParam() id: string,
    @Query() page: PageQueryDto,
    @Body() { policy }: PreviewRetentionDto,
  ): Promise<RetentionPreviewDto> {
    return this.retention.preview(id, page, policy);
  }

  @Post(':id/retention/apply')
  @HttpCode(200)
  @Roles(Role.Admin)
  @ApiOperation({
    summary: "Apply the site's policy now",
    description:
      'As every hour: marks what the policy lets go, deletes what was marked and whose grace is over. Idempotent.',
  })
  @ApiOkResponse({ type: RetentionRunDto })
  async apply(@IdParam() id: string): Promise<RetentionRunDto> {
    return this.runner.apply(id);
  }
}
