export type * from './run-record.js';
export { combined, pendingStage, RunRecorder } from './run-recorder.js';
export { SafeValues, secretsOf, textsIn } from './safe-value.js';
