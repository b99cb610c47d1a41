export { SecretBox } from './secret-box.js';
export { SecretBoxModule } from './secret-box.module.js';
