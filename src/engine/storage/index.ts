export * from './ask-each.js';
export * from './put-checked.js';
export * from './copies-driver.js';
