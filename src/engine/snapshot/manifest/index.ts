export * from './types.js';
export { manifestDamaged, manifestFormatUnsupported } from './errors.js';
export { comparePaths, displayPath, entryPath, entryTarget, isSafeMemberPath, withPath, withTarget } from './paths.js';
export { bundlesInUse, nextBundleId, releasedBundles } from './bundles.js';
export { isEntryLine, LocalManifest, type NumberedFrame } from './local-manifest.js';
export { EntrySpool, type KeptRun, type SpoolTotals } from './entry-spool.js';
export { frameOfPath, readManifestIndex, type ManifestFrame } from './frame-index.js';
export { readManifest } from './read-manifest.js';
export { ManifestWriter } from './write-manifest.js';
