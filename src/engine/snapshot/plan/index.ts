export { extensionOf, isMediaExtension } from './media.js';
export { estimateBytes, planFiles, readPlanSummary, type FilePlan, type PlanFilesOptions } from './plan-files.js';
export { PLAN_FILE, type PlanEntry, type PlannedRoot, type PlanSummary } from './types.js';
