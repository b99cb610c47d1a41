import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
  ApiTooManyRequestsResponse,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller, type Principal, ProblemDto, Restricted, Role, Roles } from '../../common/http/index.js';
import { EventQueryDto } from './dto/event-query.dto.js';
import { feedOf } from './event-request.js';
import { EventStreams } from './event-streams.js';

/** The stream of everything that happens. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('events')
export class EventsController {
  constructor(private readonly streams: EventStreams) {}

  @Get()
  @Roles(Role.Viewer)
  @Restricted('filtered')
  @ApiOperation({
    summary: 'Follow all jobs',
    description:
      'Server-sent events: `id` is the event id, `event` its type, `data` JSON. One stream for all jobs; filter it. Begins now, or after `Last-Event-ID`. A `heartbeat` event comes when nothing else does for 15 s. It ends within 15 s of the end of its token. 100 streams of a token and 500 in all may be open at a time, over HTTP and WebSocket together.',
  })
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Replay what came after this event.' })
  @ApiOkResponse({
    description: 'The stream.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example:
          'id: 42\nevent: stage.completed\ndata: {"id":42,"type":"stage.completed","jobId":"0199…","siteId":"0199…","at":"2026-01-02T03:04:05.000Z","stage":"backup_db"}\n\n',
      },
    },
  })
  @ApiTooManyRequestsResponse({ type: ProblemDto, description: 'STREAMS_TOO_MANY' })
  async all(
    @Req() request: Request,
    @Res() response: Response,
    @Query() query: EventQueryDto,
    @Caller() caller: Principal,
  ): Promise<void> {
    await this.streams.send(request, response, feedOf(query, request.header('last-event-id'), caller));
  }
}
