export {
  changedFacts,
  countChange,
  diffFiles,
  newTotals,
  type ChangedFact,
  type DiffFilesOptions,
  type DiffTotals,
  type FileChange,
} from './diff-files.js';
