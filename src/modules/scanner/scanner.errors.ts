import { AppError } from '../../common/errors/index.js';

/** A node finds more than a host can have. */
export function scanEndless(nodeId: string, most: number): AppError {
  return new AppError({
    code: 'NODE_SCAN_ENDLESS',
    kind: 'precondition',
    message: `The scan of the node told of more than ${most} sites and problems; it was ended.`,
    hint: 'Scan fewer folders at a time. If the host can not have so many, look whether it is still yours.',
    retry: 'never',
    context: { nodeId, most },
  });
}
