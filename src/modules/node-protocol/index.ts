export type * from './heartbeat.js';
export type * from './work.js';
export type * from './reports.js';
export type * from './storage-access.js';
export type * from './join.js';
export * from './versions.js';
export * from './tasks.js';
