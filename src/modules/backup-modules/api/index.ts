export { BackupModulesApiModule } from './backup-modules-api.module.js';
