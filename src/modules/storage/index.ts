export { placeOf } from './place-of.js';
export { StorageModule } from './storage.module.js';
export { StorageService } from './storage.service.js';
