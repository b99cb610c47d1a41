export { LockKeeper } from './lock-keeper.js';
export { ObjectLockModule } from './object-lock.module.js';
