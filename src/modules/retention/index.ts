export { RetentionModule } from './retention.module.js';
export { type PruneScope, RetentionPruner } from './retention-pruner.js';
