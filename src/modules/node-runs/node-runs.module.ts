import { Module } from '@nestjs/common';
import { BackupsModule } from '../backups/index.js';
import { JobsModule } from '../jobs/index.js';
import { QuotaModule } from '../quota/index.js';
import { ResourcesModule } from '../resources/index.js';
import { NodeTasksModule } from '../node-tasks/index.js';
import { SitesModule } from '../sites/index.js';
import { StorageModule } from '../storage/index.js';
import { RunCommit } from './run-commit.js';
import { RunHooks } from './run-hooks.js';
import { RunObjects } from './run-objects.js';
import { RunObjectsController } from './run-objects.controller.js';
import { RunQuestions } from './run-questions.js';
import { RunQuestionsController } from './run-questions.controller.js';
import { RunScope } from './run-scope.js';
import { RunUploads } from './run-uploads.js';
import { RunUploadsController } from './run-uploads.controller.js';
import { SpooledUploads } from './spooled-uploads.js';

/** What the runs of nodes ask the master for: the catalogue, and the storages as far as they are theirs. */
@Module({
  imports: [NodeTasksModule, BackupsModule, JobsModule, QuotaModule, ResourcesModule, SitesModule, StorageModule],
  controllers: [RunObjectsController, RunQuestionsController, RunUploadsController],
  providers: [RunCommit, RunHooks, RunObjects, RunQuestions, RunScope, RunUploads, SpooledUploads],
})
export class NodeRunsModule {}
