export * from './app-logger.js';
export * from './log-context.js';
export { redact } from './redact.js';
export * from './request-log.js';
