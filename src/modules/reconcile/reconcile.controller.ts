import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, IdParam, type Principal, ProblemDto, Role, Roles } from '../../common/http/index.js';
import { requireRole } from '../auth/index.js';
import {
  ReconcileScheduleDto,
  ReconciliationDto,
  ReconciliationPageDto,
  ReconciliationQueryDto,
  ReconciliationSummaryDto,
  StartReconciliationDto,
} from './dto/reconciliation.dto.js';
import { ReconcileSchedule } from './reconcile-schedule.js';
import { ReconcileService } from './reconcile.service.js';

/** Comparing storages with the catalogue. */
@ApiTags('storage')
@ApiBearerAuth()
@Controller()
export class ReconcileController {
  constructor(
    private readonly reconcile: ReconcileService,
    private readonly schedule: ReconcileSchedule,
  ) {}

  @Post('storage/:id/reconciliations')
  @HttpCode(202)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Compare the storage with the catalogue',
    description:
      'In the background; the report is filled meanwhile. A dry run unless actions are given, which need the role admin.',
  })
  @ApiAcceptedResponse({ type: ReconciliationDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'STORAGE_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'RECONCILIATION_ACTIVE' })
  async start(
    @IdParam() id: string,
    @Body() body: StartReconciliationDto,
    @Caller() caller: Principal,
  ): Promise<ReconciliationDto> {
    if (body.actions.length > 0) requireRole(caller, Role.Admin);
    return ReconciliationDto.of(await this.reconcile.start(id, body));
  }

  @Get('reconciliations')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'List the reports of reconciliations, newest first' })
  @ApiOkResponse({ type: ReconciliationPageDto })
  async list(@Query() query: ReconciliationQueryDto): Promise<ReconciliationPageDto> {
    const page = await this.reconcile.list(query.providerId, query);
    return { ...page, items: page.items.map((row) => ReconciliationSummaryDto.of(row)) };
  }

  @Get('reconciliations/schedule')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'When every storage is reconciled by itself' })
  @ApiOkResponse({ type: ReconcileScheduleDto })
  async getSchedule(): Promise<ReconcileScheduleDto> {
    return { cron: await this.schedule.get() };
  }

  @Put('reconciliations/schedule')
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Change when every storage is reconciled by itself', description: 'Error: CRON_INVALID.' })
  @ApiOkResponse({ type: ReconcileScheduleDto })
  async setSchedule(@Body() body: ReconcileScheduleDto): Promise<ReconcileScheduleDto> {
    await this.schedule.set(body.cron);
    return this.getSchedule();
  }

  @Get('reconciliations/:id')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'The report of one reconciliation' })
  @ApiOkResponse({ type: ReconciliationDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'RECONCILIATION_NOT_FOUND' })
  async get(@IdParam() id: string): Promise<ReconciliationDto> {
    return ReconciliationDto.of(await this.reconcile.get(id));
  }
}
