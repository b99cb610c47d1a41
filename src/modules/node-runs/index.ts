export { NodeRunsModule } from './node-runs.module.js';
