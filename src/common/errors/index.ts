export * from './app-error.js';
export { fromPlainError, plainError, type PlainError } from './plain-error.js';
