export { readHere } from './read-here.js';
export { ReadPool, ReadThreadFailed, type ReadPoolOptions } from './read-pool.js';
export { intoFrameRuns, type PlacedItem } from './frame-runs.js';
export { serveRuns } from './serve-runs.js';
export type { ContentItem, ContentWriter, DamagedItem, EntrySink, FrameRun } from './types.js';
