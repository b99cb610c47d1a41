export { RetentionModule } from './retention.module.js';
export { RetentionSchedule } from './retention-schedule.js';
export { type PruneScope, RetentionPruner } from './retention-pruner.js';
