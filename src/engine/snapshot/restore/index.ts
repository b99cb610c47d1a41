export { extractTree, type ExtractOptions, type ExtractSummary } from './extract.js';
export { FileRestore, type FileRestoreOptions, type StageOptions, type StageSummary } from './file-restore.js';
export { finishFileRestores } from './finish.js';
export { fileRestorePhase, rollBackFileRestore, rollBackFileRestores } from './recover.js';
export type { RestorePhase } from './journal.js';
export type { FileTally, ReuseSummary } from './reuse.js';
export { removeTree } from './remove-tree.js';
export {
  cleanPaths,
  measureSelection,
  selectEntries,
  type Selection,
  type SelectionFacts,
  type TreeEntry,
} from './select.js';
export type { Ownership } from './metadata.js';
export { previewFiles, type FilePreview, type PreviewOptions } from './preview.js';
