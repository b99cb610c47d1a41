export { BackupModuleRegistry } from './backup-module.registry.js';
export { BackupModulesModule } from './backup-modules.module.js';
