import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { IdParam, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import {
  CreateScheduleDto,
  PreviewScheduleDto,
  ScheduleQueryDto,
  ScheduleSettingsDto,
  UpdateScheduleDto,
} from './dto/schedule-input.dto.js';
import {
  ScheduleDetailsDto,
  ScheduleDto,
  SchedulePageDto,
  SchedulePreviewDto,
  ScheduleRunDto,
} from './dto/schedule.dto.js';
import { ScheduleViews } from './schedule-views.js';
import { SchedulesService } from './schedules.service.js';

const NOT_FOUND = { type: ProblemDto, description: 'SCHEDULE_NOT_FOUND' };

/** When what happens by itself. */
@ApiTags('schedules')
@ApiBearerAuth()
@Controller('schedules')
export class SchedulesController {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly views: ScheduleViews,
  ) {}

  @Get()
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'List the schedules' })
  @ApiOkResponse({ type: SchedulePageDto })
  async list(@Query() query: ScheduleQueryDto): Promise<SchedulePageDto> {
    const page = await this.schedules.list(query.kind, query);
    return { ...page, items: await this.views.many(page.items) };
  }

  @Post()
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Make a schedule',
    description:
      'There is one of each kind for a scope. Of two that a site is in the closest counts: site, label (the first by the alphabet), node, all.',
  })
  @ApiCreatedResponse({ type: ScheduleDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'SCHEDULE_EXISTS' })
  async create(@Body() body: CreateScheduleDto): Promise<ScheduleDto> {
    return this.views.one(await this.schedules.create(body));
  }

  @Post('preview')
  @HttpCode(200)
  @Roles(Role.Viewer)
  @Restricted('harmless')
  @ApiOperation({
    summary: 'What a schedule would do: in words, and its next five runs',
    description: 'Saves nothing.',
  })
  @ApiOkResponse({ type: SchedulePreviewDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'SITE_NOT_FOUND' })
  async preview(@Body() body: PreviewScheduleDto): Promise<SchedulePreviewDto> {
    return this.views.preview(body);
  }

  @Get('settings')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'Settings of all schedules' })
  @ApiOkResponse({ type: ScheduleSettingsDto })
  async settings(): Promise<ScheduleSettingsDto> {
    return { timeZone: await this.schedules.timeZone() };
  }

  @Put('settings')
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Change the settings of all schedules' })
  @ApiOkResponse({ type: ScheduleSettingsDto })
  async setSettings(@Body() body: ScheduleSettingsDto): Promise<ScheduleSettingsDto> {
    await this.schedules.setTimeZone(body.timeZone);
    return this.settings();
  }

  @Get(':id')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'One schedule with its next runs and newest passed slots' })
  @ApiOkResponse({ type: ScheduleDetailsDto })
  @ApiNotFoundResponse(NOT_FOUND)
  async get(@IdParam() id: string): Promise<ScheduleDetailsDto> {
    return this.views.details(await this.schedules.get(id));
  }

  @Patch(':id')
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Change a schedule',
    description: 'Takes effect at once; nothing that passed is made up for.',
  })
  @ApiOkResponse({ type: ScheduleDto })
  @ApiNotFoundResponse(NOT_FOUND)
  async update(@IdParam() id: string, @Body() body: UpdateScheduleDto): Promise<ScheduleDto> {
    return this.views.one(await this.schedules.update(id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Remove a schedule', description: 'A schedule of a wider scope counts from now on.' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse(NOT_FOUND)
  async remove(@IdParam() id: string): Promise<void> {
    await this.schedules.remove(id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Start nothing until it is resumed',
    description: 'Off for its sites, also where a wider one exists.',
  })
  @ApiOkResponse({ type: ScheduleDto })
  @ApiNotFoundResponse(NOT_FOUND)
  async pause(@IdParam() id: string): Promise<ScheduleDto> {
    return this.views.one(await this.schedules.update(id, { paused: true }));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Roles(Role.Operator)
  @ApiOperation({ summary: 'Go on with the next slot', description: 'What passed meanwhile is not made up for.' })
  @ApiOkResponse({ type: ScheduleDto })
  @ApiNotFoundResponse(NOT_FOUND)
  async resume(@IdParam() id: string): Promise<ScheduleDto> {
    return this.views.one(await this.schedules.update(id, { paused: false }));
  }

  @Post(':id/run')
  @HttpCode(202)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Run it now for all its sites, once',
    description: 'Its slots stay as they are. Sites for which no job could be made are named, with the reason.',
  })
  @ApiAcceptedResponse({ type: ScheduleRunDto })
  @ApiNotFoundResponse(NOT_FOUND)
  @ApiConflictResponse({ type: ProblemDto, description: 'SCHEDULE_RUNNING' })
  async run(@IdParam() id: string): Promise<ScheduleRunDto> {
    return this.schedules.runNow(id);
  }
}
