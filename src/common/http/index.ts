export * from './access.js';
export * from './id-param.js';
export * from './page.dto.js';
export * from './problem.js';
export * from './problem.dto.js';
export * from './problem.filter.js';
export * from './request-errors.js';
export * from './validation.js';
