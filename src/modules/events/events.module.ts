import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { EventFeed } from './event-feed.js';
import { EventHub } from './event-hub.js';
import { EventLog } from './event-log.js';
import { EventPruner } from './event-pruner.js';
import { EventSocketsController } from './event-sockets.controller.js';
import { EventSockets } from './event-sockets.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { OpenStreams } from './open-streams.js';
import { PgListener } from './pg-listener.js';

@Module({
  imports: [AuthModule],
  controllers: [EventsController, EventSocketsController],
  providers: [PgListener, EventLog, EventHub, OpenStreams, EventFeed, EventStreams, EventSockets, EventPruner],
  exports: [PgListener, EventHub, EventLog, EventStreams],
})
export class EventsModule {}
