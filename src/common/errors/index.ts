export * from './app-error.js';
export { fromPlainError, plainError, type PlainError, sentContext } from './plain-error.js';
export { inSourceLines, tellCrashesInSourceLines } from './source-lines.js';
