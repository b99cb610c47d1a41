import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { RestorePreview } from '../../engine/ports/index.js';

type Request = Readonly<Record<string, unknown>>;
/** Says what a restore would change here. The request is a PreviewTask; the backup may be read in the name of the task. */
export type RunPreview = (taskId: string, request: Request, signal: AbortSignal) => Promise<RestorePreview>;

/** What runs a node's restores registers here how to preview one: only it knows how stored backups are read on a node. */
@Injectable()
export class AgentPreviews {
  private preview: RunPreview | null = null;

  register(preview: RunPreview): void {
    this.preview = preview;
  }

  /** Errors: NODE_TASK_UNKNOWN where nothing restores, and those of the preview. */
  async run(taskId: string, request: Request, signal: AbortSignal): Promise<RestorePreview> {
    if (this.preview === null) throw previewUnknown();
    return this.preview(taskId, request, signal);
  }
}

function previewUnknown(): AppError {
  return new AppError({
    code: 'NODE_TASK_UNKNOWN',
    kind: 'conflict',
    message: 'backupd on the node can not preview a restore.',
    hint: 'Restore without a preview (`--yes`): a restore that fails or is cancelled leaves the site as it was.',
    retry: 'never',
  });
}
