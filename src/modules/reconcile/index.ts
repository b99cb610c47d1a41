export { ReconcileModule } from './reconcile.module.js';
export { ReconcileService } from './reconcile.service.js';
