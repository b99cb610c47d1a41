export { AgentPreviews, type RunPreview } from './agent-previews.js';
export { AgentTasks } from './agent-tasks.js';
export { NodeAgentTasksModule } from './node-agent-tasks.module.js';
export { TaskFolders } from './task-folders.js';
export type { Tell } from './task-teller.js';
