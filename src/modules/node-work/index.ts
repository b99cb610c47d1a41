export { NodeWorkModule } from './node-work.module.js';
