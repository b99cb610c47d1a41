export { EventsModule } from './events.module.js';
export { appending, EventLog } from './event-log.js';
export { databaseUrlOf, PgListener } from './pg-listener.js';
export { EventStreams, lastEventId } from './event-streams.js';
export { ReplayQueryDto } from './dto/event-query.dto.js';
export type { EventType, NewEvent } from './event-types.js';
