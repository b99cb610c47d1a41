export { SourceOrders } from './source-orders.js';
export { RestoreModule } from './restore.module.js';
