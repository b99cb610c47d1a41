export { SecretBox } from './box/index.js';
export { SecretRotation } from './secret-rotation.js';
export { sealedColumns } from './sealed-columns.js';
export { SecretsModule } from './secrets.module.js';
