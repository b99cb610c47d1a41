export { describeRhythm } from './describe.js';
export { afterBlackouts, dueAt, type DueRules, jitterOf } from './due.js';
export { Slots } from './slots.js';
export { cronFault } from './wall-times.js';
