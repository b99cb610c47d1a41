export { ResourcesApiModule } from './resources-api.module.js';
