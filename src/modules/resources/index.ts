export { BandwidthBudget } from './bandwidth-budget.js';
export { releasedBy } from './released-by.js';
export { ResourceService, type ResourceUsage } from './resource.service.js';
export { ResourcesModule } from './resources.module.js';
export { Semaphore } from './semaphore.js';
