export type * from './plan.js';
export type * from './backup-desk.js';
export { type BackupPlan, type BackupWork, planBackup } from './backup-plan.js';
export { planRestore, restoreTarget } from './restore-plan.js';
export { planVerify, VERIFY_STAGE, type VerifiedCopy, type VerifyWork } from './verify-plan.js';
