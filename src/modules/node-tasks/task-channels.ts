/** Notifies of what became of a task; the payload is its id. */
export const TASK_CHANNEL = 'backupd_node_task';
