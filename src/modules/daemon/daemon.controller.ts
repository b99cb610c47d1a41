import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiExtraModels,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { ProblemDto, Role, Roles, signalOf } from '../../common/http/index.js';
import { DaemonService } from './daemon.service.js';
import {
  DaemonResetDto,
  DaemonScanDto,
  DaemonScanQueryDto,
  DaemonStageDto,
  DaemonStartDto,
  DaemonStartedDto,
  DaemonStatusDto,
  DaemonStopDto,
  DaemonStoppedDto,
  DaemonVerifiedSiteDto,
  DaemonVerifySiteDto,
} from './dto/daemon.dto.js';

/** The original system's endpoints, for programs written for it: snake_case, everything else as in the rest of the API. */
@ApiTags('daemon')
@ApiBearerAuth()
@ApiExtraModels(DaemonStageDto)
@Controller('daemon')
export class DaemonController {
  constructor(private readonly daemon: DaemonService) {}

  @Get('scan')
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Find sites below a folder' })
  @ApiOkResponse({ type: DaemonScanDto })
  scan(@Query() query: DaemonScanQueryDto, @Res({ passthrough: true }) response: Response): Promise<DaemonScanDto> {
    return this.daemon.scan(query.base_path, signalOf(response));
  }

  @Post('verify-site')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Is there a site in this folder?' })
  @ApiOkResponse({ type: DaemonVerifiedSiteDto })
  verifySite(@Body() body: DaemonVerifySiteDto): Promise<DaemonVerifiedSiteDto> {
    return this.daemon.verifySite(body.path);
  }

  @Post('backup/start')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Back a site up', description: 'Registers the site when its id is not known.' })
  @ApiOkResponse({ type: DaemonStartedDto })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_ACTIVE, SITE_PAUSED, SITE_PATH_DIFFERS' })
  async start(@Body() body: DaemonStartDto): Promise<DaemonStartedDto> {
    const job = await this.daemon.start(body);
    return { success: true, status: 'running', job_id: job.id, site_id: body.site_id };
  }

  @Post('backup/stop')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Stop the site’s job' })
  @ApiOkResponse({ type: DaemonStoppedDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_NOT_ACTIVE' })
  stop(@Body() body: DaemonStopDto): Promise<DaemonStoppedDto> {
    return this.daemon.stop(body.site_id);
  }

  @Get('backup/status/:site_id')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'How the site’s newest backup stands' })
  @ApiOkResponse({ type: DaemonStatusDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  status(@Param('site_id') siteId: string): Promise<DaemonStatusDto> {
    return this.daemon.status(siteId);
  }

  @Post('backup/reset/:site_id')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Clear a failed or stuck backup', description: 'Cancels it when it is still active.' })
  @ApiOkResponse({ type: DaemonResetDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  async reset(@Param('site_id') siteId: string): Promise<DaemonResetDto> {
    await this.daemon.reset(siteId);
    return { success: true, status: 'idle', site_id: siteId };
  }
}
