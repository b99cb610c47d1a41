export * from './app-logger.js';
export * from './request-log.js';
