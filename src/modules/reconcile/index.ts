export { ReconcileModule } from './reconcile.module.js';
export { ReconcileSchedule } from './reconcile-schedule.js';
export { ReconcileService } from './reconcile.service.js';
