export { verifyBackup, type Damage, type VerifyLevel, type VerifyOptions, type VerifyResult } from './verify-backup.js';
