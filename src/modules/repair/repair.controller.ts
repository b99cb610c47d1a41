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
import { AddCopyDto } from './dto/repair.dto.js';
import { RepairService } from './repair.service.js';

/** Making copies of backups whole again. */
@ApiTags('backups')
@ApiBearerAuth()
@Controller()
export class RepairController {
  constructor(private readonly repairs: RepairService) {}

  @Post('sites/:id/repair')
  @HttpCode(202)
  @Roles(Role.Operator)
  @Restricted('site')
  @ApiOperation({
    summary: 'Repair the copies of all backups of the site',
    description:
      'Starts a job that copies what is missing or damaged in one storage from another one that has it whole. When all copies are whole the answer is 409 NOTHING_TO_REPAIR, which is no fault: `backupd repair` ends with 0 then. ' +
      'A storage that is away is named in a `job.note` and tried again.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiConflictResponse({ type: ProblemDto, description: 'NOTHING_TO_REPAIR, JOB_ACTIVE' })
  async repair(@IdParam() id: string): Promise<JobDto> {
    return JobDto.of(await this.repairs.start(id));
  }

  @Post('backups/:id/copies')
  @HttpCode(202)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Copy the backup to one more storage',
    description: 'Starts a repair job. From then on that copy is looked after like the others.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND, STORAGE_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'COPY_EXISTS, STORAGE_DISABLED, JOB_ACTIVE' })
  async addCopy(@IdParam() id: string, @Body() body: AddCopyDto): Promise<JobDto> {
    return JobDto.of(await this.repairs.addCopy(id, body.providerId));
  }
}
