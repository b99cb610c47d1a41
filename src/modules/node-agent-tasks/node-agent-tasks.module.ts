import { Module } from '@nestjs/common';
import { BackupModulesModule } from '../backup-modules/index.js';
import { DiskScan } from '../scanner/disk/index.js';
import { SiteLook } from '../sites/disk/index.js';
import { AgentHooks } from './agent-hooks.js';
import { AgentPreviews } from './agent-previews.js';
import { AgentTasks } from './agent-tasks.js';
import { TaskFolders } from './task-folders.js';

/** A node's side of tasks. Has no database. */
@Module({
  imports: [BackupModulesModule],
  providers: [AgentHooks, AgentPreviews, AgentTasks, DiskScan, SiteLook, TaskFolders],
  exports: [AgentPreviews, AgentTasks, SiteLook, TaskFolders],
})
export class NodeAgentTasksModule {}
