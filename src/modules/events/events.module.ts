import { Module } from '@nestjs/common';
import { EventHub } from './event-hub.js';
import { EventLog } from './event-log.js';
import { EventPruner } from './event-pruner.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { PgListener } from './pg-listener.js';

@Module({
  controllers: [EventsController],
  providers: [PgListener, EventLog, EventHub, EventStreams, EventPruner],
  exports: [PgListener, EventHub, EventLog, EventStreams],
})
export class EventsModule {}
