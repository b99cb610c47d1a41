export * from './app-logger.js';
export * from './log-context.js';
export * from './request-log.js';
