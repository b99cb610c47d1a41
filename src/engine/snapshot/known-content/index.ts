export { KnownContent, KnownContentBuilder } from './known-content.js';
export { KnownChunks } from './known-chunks.js';
export { knownFromParent, type KnownFromParentOptions } from './from-parent.js';
export { SizeFilter } from './size-filter.js';
export type { SharedKnownContent } from './types.js';
