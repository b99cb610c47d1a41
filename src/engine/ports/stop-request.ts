/** Why a run's AbortSignal was raised: a person's cancel ends the job, a shut-down lets it go on later. */
export class StopRequest extends Error {
  constructor(readonly why: 'cancel' | 'shutdown') {
    super(why === 'cancel' ? 'The job was cancelled.' : 'backupd is stopping.');
    this.name = 'StopRequest';
  }
}

/** Whether work that was stopped goes on later, so that what was sent so far is worth keeping. */
export function goesOnLater(signal: AbortSignal | undefined): boolean {
  return signal?.reason instanceof StopRequest && signal.reason.why === 'shutdown';
}
