export { D1Timings } from './d1/d1-timings.js';
export { MirrorModule } from './mirror.module.js';
export { MirrorService } from './mirror.service.js';
