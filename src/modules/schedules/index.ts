export { SchedulesModule } from './schedules.module.js';
export { ScheduleTick } from './schedule-tick.js';
export { InstallationTasks } from './installation-tasks.js';
export { Slots, dueAt } from './maths/index.js';
export type { Rhythm } from './rhythm.js';
