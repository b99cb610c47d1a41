export { SettingsModule } from './settings.module.js';
export { Setting } from './setting.entity.js';
export { SettingsService } from './settings.service.js';
