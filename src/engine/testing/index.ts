export * from './random.js';
export * from './random-tree.js';
export * from './temp-folder.js';
export * from './fake-clock.js';
export * from './tree-facts.js';
