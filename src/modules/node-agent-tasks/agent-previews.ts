import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/index.js';
import type { RestorePreview } from '../../engine/ports/index.js';

/** Says what a restore would change here. The request is a PreviewTask. */
export type RunPreview = (request: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<RestorePreview>;

/** What runs a node's restores registers here how to preview one: only it knows how stored backups are read on a node. */
@Injectable()
export class AgentPreviews {
  private preview: RunPreview | null = null;

  register(preview: RunPreview): void {
    this.preview = preview;
  }

  /** Errors: NODE_TASK_UNKNOWN where nothing restores, and those of the preview. */
  async run(request: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<RestorePreview> {
    if (this.preview === null) throw previewUnknown();
    return this.preview(request, signal);
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
