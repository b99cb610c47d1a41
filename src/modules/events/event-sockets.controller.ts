import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Restricted, Role, Roles } from '../../common/http/index.js';
import { EventQueryDto } from './dto/event-query.dto.js';
import { upgradeRequired } from './events.errors.js';

/** Describes the WebSocket, and tells who comes without one. */
@ApiTags('events')
@ApiBearerAuth()
@Controller('ws/events')
export class EventSocketsController {
  @Get()
  @Roles(Role.Viewer)
  @Restricted('harmless')
  @ApiOperation({
    summary: 'Follow all jobs over WebSocket',
    description:
      'The events of `GET /events` with the same filters and replay (`lastEventId`), each as one JSON text. The token goes into the `Authorization` header; a browser, which can’t set it, offers the subprotocols `backupd.v1` and `backupd.token.<token>` (never the URL). A page must come from this host (`Origin`). The server pings every 15 s, cuts off who does not answer, does not read or has lost the token, and closes with 1001 when it stops. Too many at a time (100 of a token, 500 in all, with `GET /events`) are refused with 429.',
  })
  @ApiResponse({ status: 101, description: 'The WebSocket is open.' })
  plain(@Query() _query: EventQueryDto): never {
    throw upgradeRequired();
  }
}
