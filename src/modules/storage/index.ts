export { StorageModule } from './storage.module.js';
export { StorageService } from './storage.service.js';
