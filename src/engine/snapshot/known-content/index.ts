export { KnownContent, KnownContentBuilder } from './known-content.js';
export type { SharedKnownContent } from './types.js';
