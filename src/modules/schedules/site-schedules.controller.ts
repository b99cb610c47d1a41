import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdParam, PageQueryDto, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { DiscoveredSites } from './discovered-sites.js';
import { DiscoveredSitePageDto, SiteScheduleDto } from './dto/schedule.dto.js';
import { ScheduleViews } from './schedule-views.js';

/** What schedules mean for a site, and the sites that they found. */
@ApiTags('schedules')
@ApiBearerAuth()
@Controller('sites')
export class SiteSchedulesController {
  constructor(
    private readonly views: ScheduleViews,
    private readonly discovered: DiscoveredSites,
  ) {}

  @Get('discovered')
  @Roles(Role.Viewer)
  @ApiOperation({
    summary: 'Sites that a scheduled scan has seen and that are not as registered: new, moved or gone',
    description: 'Empty until a schedule of the kind `scan` has run.',
  })
  @ApiOkResponse({ type: DiscoveredSitePageDto })
  async listDiscovered(@Query() query: PageQueryDto): Promise<DiscoveredSitePageDto> {
    return this.discovered.list(query);
  }

  @Get(':id/schedule')
  @Roles(Role.Viewer)
  @Restricted('site')
  @ApiOperation({ summary: 'Which schedule counts for the site, its next five runs, and what became of the last ones' })
  @ApiOkResponse({ type: [SiteScheduleDto] })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  async ofSite(@IdParam() id: string): Promise<SiteScheduleDto[]> {
    return this.views.ofSite(id);
  }
}
