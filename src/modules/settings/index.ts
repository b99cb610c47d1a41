export { SettingsModule } from './settings.module.js';
export { OBSERVED, Setting } from './setting.entity.js';
export { SettingsService } from './settings.service.js';
