export { DaemonModule } from './daemon.module.js';
