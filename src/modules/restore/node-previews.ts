import { Injectable } from '@nestjs/common';
import type { RestorePreview, RestoreRequest, SiteSpec } from '../../engine/ports/index.js';
import { type PreviewTask, TaskKind } from '../node-protocol/index.js';
import { BackupReader } from '../backups/index.js';
import { nodeAnswerInvalid, NodeDirectory, NodeTasks } from '../node-tasks/index.js';

/** As much as a large manifest over a slow link takes. */
const TIME_LIMIT_SECONDS = 600;

/** Has a node say what a restore would change there. */
@Injectable()
export class NodePreviews {
  constructor(
    private readonly reader: BackupReader,
    private readonly tasks: NodeTasks,
    private readonly nodes: NodeDirectory,
  ) {}

  /** Errors: those of NodeTasks and of the module there, BACKUP_UNREADABLE, NODE_ANSWER_INVALID. */
  async preview(
    nodeId: string,
    asked: { backupId: string; site: SiteSpec; request: RestoreRequest },
    signal: AbortSignal,
  ): Promise<RestorePreview> {
    const task = { ...asked, source: await this.reader.order(asked.backupId) } satisfies PreviewTask;
    const how = { timeLimitSeconds: TIME_LIMIT_SECONDS, signal };
    const preview: Record<string, unknown> = await this.tasks.result(nodeId, TaskKind.PreviewRestore, task, how);
    if (isPreview(preview)) return preview;
    throw nodeAnswerInvalid(nodeId, (await this.nodes.get(nodeId)).name, TaskKind.PreviewRestore);
  }
}

/** It is only shown. */
function isPreview(value: object): value is RestorePreview {
  return (
    'targetPath' in value &&
    typeof value.targetPath === 'string' &&
    'files' in value &&
    typeof value.files === 'object' &&
    'database' in value &&
    typeof value.database === 'object' &&
    'bytesNeeded' in value &&
    typeof value.bytesNeeded === 'number' &&
    'bytesFree' in value &&
    typeof value.bytesFree === 'number' &&
    'warnings' in value &&
    Array.isArray(value.warnings)
  );
}
