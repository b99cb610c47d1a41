export * from './app-error.js';
export { fromPlainError, plainError, type PlainError, sentContext } from './plain-error.js';
