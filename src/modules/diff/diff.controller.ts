import { Controller, Get, Query, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
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
import { SiteAccess } from '../auth/index.js';
import { DiffService } from './diff.service.js';
import { DiffQueryDto, FileDiffDto } from './dto/diff.dto.js';
import { TableDiffDto, TableDiffQueryDto } from './dto/table-diff.dto.js';
import { TableDiffService } from './table-diff.service.js';

/** Comparing backups of one site. */
@ApiTags('backups')
@ApiBearerAuth()
@ApiNotFoundResponse({ type: ProblemDto, description: 'BACKUP_NOT_FOUND' })
@ApiBadRequestResponse({ type: ProblemDto, description: 'DIFF_OTHER_SITE, DIFF_NOTHING_BEFORE, DIFF_UNSUPPORTED' })
@Controller('backups')
export class DiffController {
  constructor(
    private readonly diffs: DiffService,
    private readonly tableDiffs: TableDiffService,
    private readonly access: SiteAccess,
  ) {}

  @Get(':id/diff')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'What changed in the files since an earlier backup',
    description: 'In path order, in pages.',
  })
  @ApiOkResponse({ type: FileDiffDto })
  async files(
    @IdParam() id: string,
    @Query() query: DiffQueryDto,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FileDiffDto> {
    await this.mayCompare(caller, query.from);
    return this.diffs.files(id, query, signalOf(response));
  }

  @Get(':id/diff/tables')
  @Roles(Role.Operator)
  @Restricted('backup')
  @ApiOperation({
    summary: 'What changed in the database since an earlier backup',
    description:
      'All tables in one answer, by name. Only what is not in both backups is read; comparisons wait for each other, as each may take much memory.',
  })
  @ApiOkResponse({ type: TableDiffDto })
  async tables(
    @IdParam() id: string,
    @Query() query: TableDiffQueryDto,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TableDiffDto> {
    await this.mayCompare(caller, query.from);
    return this.tableDiffs.tables(id, query.from, signalOf(response));
  }

  /** The backup before is not told from one that is not there. */
  private async mayCompare(caller: Principal, from: string | undefined): Promise<void> {
    if (from !== undefined) await this.access.check(caller, 'backup', from);
  }
}
