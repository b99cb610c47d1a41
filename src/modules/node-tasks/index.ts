export { type KnownNode, NodeDirectory } from './node-directory.js';
export { nodeAnswerInvalid } from './node-tasks.errors.js';
export { NodeTasksModule } from './node-tasks.module.js';
export { type AskOptions, NodeTasks } from './node-tasks.service.js';
export { storable } from './storable.js';
export { TaskAnswers } from './task-answers.js';
