import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RestorePreview } from '../../engine/ports/index.js';
import { AgentPreviews, TaskFolders } from '../node-agent-tasks/index.js';
import { MasterClient, SignedClient } from '../node-link/index.js';
import type { PreviewTask } from '../node-protocol/index.js';
import { NodePlans } from './node-plans.js';
import { RunLink } from './run-link.js';

/** Says what a restore would change here. The backup is read in the name of the task. */
@Injectable()
export class NodePreviews implements OnModuleInit {
  constructor(
    private readonly previews: AgentPreviews,
    private readonly folders: TaskFolders,
    private readonly plans: NodePlans,
    private readonly master: MasterClient,
    private readonly storage: SignedClient,
  ) {}

  onModuleInit(): void {
    this.previews.register((taskId, request, signal) => this.run(taskId, request, signal));
  }

  private run(
    taskId: string,
    request: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<RestorePreview> {
    // Made by the master for this kind of task.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const task = request as unknown as PreviewTask;
    const link = new RunLink(this.master, this.storage, taskId);
    return this.folders.within((folder) => this.plans.preview(task, folder, link, signal));
  }
}
