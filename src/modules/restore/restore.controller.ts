import { Body, Controller, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import {
  Caller,
  IdParam,
  type Principal,
  ProblemDto,
  Restricted,
  Role,
  Roles,
  signalOf,
} from '../../common/http/index.js';
import { requireAllSites } from '../auth/index.js';
import { JobDto } from '../jobs/index.js';
import { RestoreDto, RestorePreviewDto } from './dto/restore.dto.js';
import { RestoreService } from './restore.service.js';

/** Restoring a backup. */
@ApiTags('restore')
@ApiBearerAuth()
@Controller('backups')
export class RestoreController {
  constructor(private readonly restores: RestoreService) {}

  @Post(':id/restore')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'Restore the backup, or (dryRun) say what that would change',
    description: 'Starts a job; follow `GET /jobs/{id}/events`. When it fails or is cancelled, the site is as before.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiOkResponse({ type: RestorePreviewDto, description: 'With `dryRun: true`.' })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_ACTIVE' })
  async restore(
    @IdParam() id: string,
    @Body() body: RestoreDto,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<JobDto | RestorePreviewDto> {
    const { targetPath, nodeId, targetDatabase, adminDatabase } = body;
    // Anywhere else than in the site's own place may be another site.
    if ([targetPath, nodeId, targetDatabase, adminDatabase].some((each) => each !== undefined)) requireAllSites(caller);
    if (body.dryRun === true) {
      response.status(200);
      return this.restores.preview(id, body, signalOf(response));
    }
    response.status(202);
    return JobDto.of(await this.restores.start(id, body));
  }
}
