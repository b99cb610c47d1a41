export { AlarmsModule } from './alarms.module.js';
export { AlarmsService, type AlarmFilter } from './alarms.service.js';
export { AlarmBook } from './alarm-book.js';
export { AlarmRules } from './alarm-rules.js';
export { StatusService } from './status.service.js';
export { AlarmWatch } from './alarm-watch.js';
export { Alarm, AlarmKind, Severity } from './alarm.entity.js';
