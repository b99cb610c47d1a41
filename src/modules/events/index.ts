export { EventsModule } from './events.module.js';
export { EventHub } from './event-hub.js';
export { followEvents } from './follow-events.js';
export { appending, EventLog } from './event-log.js';
export { databaseUrlOf, PgListener } from './pg-listener.js';
export { EventStreams, lastEventId } from './event-streams.js';
export { ReplayQueryDto } from './dto/event-query.dto.js';
export { FINAL_EVENT_TYPES, type EventType, type LoggedEvent, type NewEvent } from './event-types.js';
