const MESSAGES = {
  cancel: 'The job was cancelled.',
  shutdown: 'backupd is stopping.',
  stall: 'Nothing has moved for too long.',
} as const;

/** Why work was stopped: a person's cancel ends the job, a shut-down lets it go on later, and so may a stage that stood still. */
export class StopRequest extends Error {
  constructor(readonly why: 'cancel' | 'shutdown' | 'stall') {
    super(MESSAGES[why]);
    this.name = 'StopRequest';
  }
}

/** Whether work that was stopped goes on later, so that what was sent so far is worth keeping. */
export function goesOnLater(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof StopRequest && signal.reason.why !== 'cancel';
}
