export * from './clients.js';
export * from './endpoint.js';
export * from './errors.js';
export * from './option-file.js';
export * from './quoting.js';
export * from './server-facts.js';
export * from './session.js';
