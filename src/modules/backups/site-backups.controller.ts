import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { IdParam, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { JobDto } from '../jobs/index.js';
import { BackupsService } from './backups.service.js';
import { StartBackupDto } from './dto/backup.dto.js';

/** Backing up a site. */
@ApiTags('backups')
@ApiBearerAuth()
@Controller('sites')
export class SiteBackupsController {
  constructor(private readonly backups: BackupsService) {}

  @Post(':id/backups')
  @HttpCode(202)
  @Roles(Role.Operator)
  @Restricted('site')
  @ApiOperation({ summary: 'Back the site up', description: 'Starts a job; follow `GET /jobs/{id}/events`.' })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_ACTIVE, SITE_PAUSED' })
  async start(@IdParam() id: string, @Body() body: StartBackupDto): Promise<JobDto> {
    return JobDto.of(await this.backups.start(id, body));
  }
}
