export { KNOWN_FILES, knownFiles } from './known-files.js';
export { extensionOf, isMediaExtension } from './media.js';
export { planLineFacts, type PlanLineFacts, type PlanLineType } from './plan-line.js';
export { estimateBytes, planFiles, readPlanSummary, type FilePlan, type PlanFilesOptions } from './plan-files.js';
export {
  KEPT_STRUCTURE_FILE,
  PLAN_FILE,
  type KeptTotals,
  type PlanEntry,
  type PlanItem,
  type PlannedRoot,
  type PlanSummary,
} from './types.js';
