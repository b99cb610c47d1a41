import { AppError } from '../../common/errors/index.js';

export function nodeNotFound(id: string): AppError {
  return new AppError({
    code: 'NODE_NOT_FOUND',
    kind: 'not-found',
    message: 'There is no node with this id.',
    hint: '`backupd nodes list` shows them. A site whose node was removed needs another host first: `backupd sites move`.',
    retry: 'never',
    context: { nodeId: id },
  });
}

export function nodeBlocked(id: string, name: string): AppError {
  return new AppError({
    code: 'NODE_BLOCKED',
    kind: 'conflict',
    message: `The node "${name}" is blocked.`,
    hint: 'An admin can let it in again: `backupd nodes unblock`.',
    retry: 'never',
    context: { nodeId: id },
  });
}

export function nodeLacksModule(id: string, name: string, module: string): AppError {
  return new AppError({
    code: 'NODE_LACKS_MODULE',
    kind: 'conflict',
    message: `backupd on the node "${name}" has no backup module "${module}".`,
    hint: 'Update backupd on that node.',
    retry: 'never',
    context: { nodeId: id, module },
  });
}

/** `lastSeen`: as a sentence. */
export function nodeNotAnswering(id: string, name: string, lastSeen: string): AppError {
  return new AppError({
    code: 'NODE_NOT_ANSWERING',
    kind: 'precondition',
    message: `The node "${name}" does not answer. ${lastSeen}`,
    hint: 'See that backupd runs there and reaches this master (`systemctl status backupd-node` on that host), then try again.',
    retry: 'later',
    context: { nodeId: id },
  });
}

export function nodeTaskTimeout(id: string, name: string, kind: string, why: string): AppError {
  return new AppError({
    code: 'NODE_TASK_TIMEOUT',
    kind: 'precondition',
    message: `The node "${name}" began with it (${kind}) and did not come to an end: ${why}.`,
    hint: 'Look at the log of backupd on that host: it may have been restarted, or its disk does not answer. Then try again.',
    retry: 'later',
    context: { nodeId: id, kind },
  });
}

/** Nobody waits for the task any more, or it is another node's. */
export function nodeTaskGone(id: string): AppError {
  return new AppError({
    code: 'NODE_TASK_GONE',
    kind: 'not-found',
    message: 'Nobody waits for this task.',
    retry: 'never',
    context: { taskId: id },
  });
}

export function nodeTaskGap(id: string, next: number): AppError {
  return new AppError({
    code: 'NODE_TASK_OUT_OF_ORDER',
    kind: 'conflict',
    message: `A part of the answer is missing: number ${next} comes next.`,
    retry: 'never',
    context: { taskId: id, next },
  });
}

/** Whoever waits is slow in reading. */
export function nodeTaskFull(id: string): AppError {
  return new AppError({
    code: 'NODE_TASK_FULL',
    kind: 'too-many',
    message: 'So much of the answer has not been read yet that there is no room for more.',
    retry: 'later',
    context: { taskId: id },
  });
}

export function nodeAnswerInvalid(id: string, name: string, kind: string): AppError {
  return new AppError({
    code: 'NODE_ANSWER_INVALID',
    kind: 'precondition',
    message: `What the node "${name}" answered (${kind}) can't be understood.`,
    hint: 'Update backupd on that node to the version of this master.',
    retry: 'never',
    context: { nodeId: id, kind },
  });
}
