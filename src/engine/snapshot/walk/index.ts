export { ExcludeList, type Excluded } from './exclude.js';
export { reasonOf, Walk } from './walk.js';
export type { WalkEntry, WalkOptions, WalkReporter, WalkRoot } from './types.js';
