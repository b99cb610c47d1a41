export { estimateBytes, planFiles, readPlanSummary, type FilePlan, type PlanFilesOptions } from '../plan/index.js';
export {
  openDatabaseSink,
  readDatabaseFacts,
  type DatabaseFacts,
  type DatabaseSink,
  type DatabaseSinkOptions,
} from './database-sink.js';
export type { BundleManifestHeader } from './bundle-manifest.js';
export { packBundle } from './pack-bundle.js';
export { BUNDLE_FILE, MANIFEST_FILE, type FinishedDump, type PackBundleOptions, type PackedBundle } from './types.js';
