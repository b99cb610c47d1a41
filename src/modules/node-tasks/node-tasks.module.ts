import { Module } from '@nestjs/common';
import { EventsModule } from '../events/index.js';
import { NodeDirectory } from './node-directory.js';
import { NodeTasksController } from './node-tasks.controller.js';
import { NodeTasks } from './node-tasks.service.js';
import { TaskAnswers } from './task-answers.js';
import { TaskPruner } from './task-pruner.js';

/** Something short that a node does while someone waits; and which nodes there are. */
@Module({
  imports: [EventsModule],
  controllers: [NodeTasksController],
  providers: [NodeDirectory, NodeTasks, TaskAnswers, TaskPruner],
  exports: [NodeDirectory, NodeTasks, TaskAnswers],
})
export class NodeTasksModule {}
