export * from './storage-driver.js';
export * from './job-context.js';
export * from './backup-module.js';
export * from './backup-module.decorator.js';
export * from './comparing-module.js';
export * from './diagnostics.js';
export * from './member-sink.js';
export * from './storage-key.js';
