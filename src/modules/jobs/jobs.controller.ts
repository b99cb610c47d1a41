import { Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, type Principal, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { EventStreams, lastEventId, ReplayQueryDto } from '../events/index.js';
import { JobDto, JobPageDto, JobQueryDto } from './dto/job.dto.js';
import { JobRetries } from './job-retries.js';
import { JobsService } from './jobs.service.js';

/** Runs of backups, restores and verifications. */
@ApiTags('jobs')
@ApiBearerAuth()
@Controller('jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly retries: JobRetries,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Roles(Role.Viewer)
  @Restricted('filtered')
  @ApiOperation({ summary: 'List jobs, newest first' })
  @ApiOkResponse({ type: JobPageDto })
  async list(@Query() query: JobQueryDto, @Caller() caller: Principal): Promise<JobPageDto> {
    const page = await this.jobs.list(Object.assign({ within: caller.sites }, query), query);
    return { ...page, items: page.items.map(JobDto.of) };
  }

  @Get(':id')
  @Roles(Role.Viewer)
  @Restricted('job')
  @ApiOperation({ summary: 'One job' })
  @ApiOkResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'JOB_NOT_FOUND' })
  async get(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return JobDto.of(await this.jobs.get(id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles(Role.Operator)
  @Restricted('job')
  @ApiOperation({
    summary: 'Cancel a job',
    description: 'A waiting job ends at once; a running one stops within seconds (follow its events). May be repeated.',
  })
  @ApiOkResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'JOB_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_NOT_ACTIVE' })
  async cancel(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return JobDto.of(await this.jobs.cancel(id));
  }

  @Post(':id/retry')
  @HttpCode(202)
  @Roles(Role.Operator)
  @Restricted('job')
  @ApiOperation({
    summary: 'Run a failed or cancelled job again',
    description:
      'A new attempt of the same job. A failed backup goes on from what it keeps (`keptUntil`): from the first stage whose output is missing or does not check, its uploads from their last part; else from the start.',
  })
  @ApiAcceptedResponse({ type: JobDto })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'JOB_NOT_FOUND' })
  @ApiConflictResponse({ type: ProblemDto, description: 'JOB_NOT_RETRYABLE, JOB_ACTIVE' })
  async retry(@Param('id', ParseUUIDPipe) id: string): Promise<JobDto> {
    return JobDto.of(await this.retries.retry(id));
  }

  @Get(':id/events')
  @Roles(Role.Viewer)
  @Restricted('job')
  @ApiOperation({
    summary: 'Follow one job',
    description:
      'Server-sent events from the job’s beginning, or after `Last-Event-ID`. Ends when the job has ended and all of it was sent.',
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Replay what came after this event.' })
  @ApiOkResponse({ description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiNotFoundResponse({ type: ProblemDto, description: 'JOB_NOT_FOUND' })
  @ApiTooManyRequestsResponse({ type: ProblemDto, description: 'STREAMS_TOO_MANY' })
  async events(
    @Param('id', ParseUUIDPipe) id: string,
    @Query() query: ReplayQueryDto,
    @Req() request: Request,
    @Res() response: Response,
    @Caller() caller: Principal,
  ): Promise<void> {
    await this.jobs.get(id);
    await this.streams.send(request, response, {
      reader: caller,
      filter: { jobId: id },
      after: lastEventId(request.header('last-event-id'), query.lastEventId) ?? 0,
      isOver: async () => !(await this.jobs.isActive(id)),
    });
  }
}
