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
import { VerifyDto } from './dto/verify.dto.js';
import { VerifyService } from './verify.service.js';

/** Proving that a backup can be read back. */
@ApiTags('backups')
@ApiBearerAuth()
@Controller('backups')
export class VerifyController {
  constructor(private readonly verifications: VerifyService) {}

  @Post(':id/verify')
  @HttpCode(202)
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'Verify all copies of the backup',
    description: 'Starts a job. It fails with BACKUP_DAMAGED when no copy is whole; `result` lists what was found.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_ACTIVE' })
  async verify(@IdParam() id: string, @Body() body: VerifyDto): Promise<JobDto> {
    return JobDto.of(await this.verifications.start(id, body.level, {}, body.on));
  }
}
