import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, IdParam, type Principal, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { AlarmSettings } from './alarm-settings.js';
import { AlarmsService } from './alarms.service.js';
import { AlarmDto, AlarmPageDto, AlarmQueryDto, AlarmSettingsDto, toAlarmDto } from './dto/alarm.dto.js';
import { StatusDto } from './dto/status.dto.js';
import { StatusService } from './status.service.js';

/** What is wrong, and whether anything is. */
@ApiTags('alarms')
@ApiBearerAuth()
@Controller()
export class AlarmsController {
  constructor(
    private readonly alarms: AlarmsService,
    private readonly settings: AlarmSettings,
    private readonly status: StatusService,
  ) {}

  @Get('status')
  @Roles(Role.Viewer)
  @Restricted('filtered')
  @ApiOperation({ summary: 'Whether all sites are safe, in one sentence' })
  @ApiOkResponse({ type: StatusDto })
  async show(@Caller() caller: Principal): Promise<StatusDto> {
    return this.status.show(caller.sites);
  }

  @Get('alarms')
  @Roles(Role.Viewer)
  @Restricted('filtered')
  @ApiOperation({ summary: 'List the alarms', description: 'The open ones first, the newest of them first.' })
  @ApiOkResponse({ type: AlarmPageDto })
  async list(@Query() query: AlarmQueryDto, @Caller() caller: Principal): Promise<AlarmPageDto> {
    const page = await this.alarms.list(Object.assign({ within: caller.sites }, query), query);
    return { ...page, items: page.items.map(toAlarmDto) };
  }

  @Get('alarms/settings')
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'From when on something is an alarm' })
  @ApiOkResponse({ type: AlarmSettingsDto })
  async limits(): Promise<AlarmSettingsDto> {
    return this.settings.get();
  }

  @Put('alarms/settings')
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Change from when on something is an alarm', description: 'In force within a minute.' })
  @ApiOkResponse({ type: AlarmSettingsDto })
  async setLimits(@Body() body: AlarmSettingsDto): Promise<AlarmSettingsDto> {
    const { graceMinutes, sizePercent, filesPercent, rowsPercent, quotaPercent, diskPercent } = body;
    const limits = { sizePercent, filesPercent, rowsPercent, quotaPercent, diskPercent };
    await this.settings.set({ ...limits, graceMinutes: graceMinutes ?? null });
    return this.settings.get();
  }

  @Get('alarms/:id')
  @Roles(Role.Viewer)
  @Restricted('alarm')
  @ApiOperation({ summary: 'Show one alarm' })
  @ApiOkResponse({ type: AlarmDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'ALARM_NOT_FOUND' })
  async get(@IdParam() id: string): Promise<AlarmDto> {
    return toAlarmDto(await this.alarms.get(id));
  }

  @Post('alarms/:id/acknowledge')
  @HttpCode(200)
  @Roles(Role.Operator)
  @Restricted('alarm')
  @ApiOperation({
    summary: 'Say that it was seen',
    description:
      'No more reminders until it is cleared; `GET /status` counts it by itself. It stays open until it is well again, but `backup.shrunk` is cleared: the new size is meant. It is news again when it becomes critical. Idempotent.',
  })
  @ApiOkResponse({ type: AlarmDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'ALARM_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'ALARM_CLEARED' })
  async acknowledge(@IdParam() id: string, @Caller() caller: Principal): Promise<AlarmDto> {
    return toAlarmDto(await this.alarms.acknowledge(id, caller.name));
  }
}
