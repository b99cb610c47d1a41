import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { IdParam, ProblemDto, Role, Roles } from '../../common/http/index.js';
import { Catalogue } from '../backups/index.js';
import { JobDto, JobKind, JobsService } from '../jobs/index.js';
import { VerifyDto } from './dto/verify.dto.js';
import { VERIFY_STAGE } from './verify-job.handler.js';

/** Proving that a backup can be read back. */
@ApiTags('backups')
@ApiBearerAuth()
@Controller('backups')
export class VerifyController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly jobs: JobsService,
  ) {}

  @Post(':id/verify')
  @HttpCode(202)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Verify all copies of the backup',
    description: 'Starts a job. It fails with BACKUP_DAMAGED when no copy is whole; `result` lists what was found.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_ACTIVE' })
  async verify(@IdParam() id: string, @Body() body: VerifyDto): Promise<JobDto> {
    const { backup } = await this.catalogue.get(id);
    const job = await this.jobs.create({
      kind: JobKind.Verify,
      site: { id: backup.siteId, name: backup.siteName, module: backup.module },
      stages: [VERIFY_STAGE],
      backupId: id,
      request: { level: body.level },
    });
    return JobDto.of(job);
  }
}
