import type { Destination, JobJournal } from '../../ports/index.js';

/** Progress over all destinations, some of which are written to at the same time. */
export class UploadProgress {
  readonly #sent = new Map<string, number>();

  constructor(
    private readonly journal: Pick<JobJournal, 'progress'>,
    private readonly total: number,
  ) {}

  /** So many bytes of the backup have reached the destination. */
  at(bytes: number, { providerId, providerName }: Destination): void {
    this.#sent.set(providerId, Math.max(bytes, this.#sent.get(providerId) ?? 0));
    let bytesDone = 0;
    for (const sent of this.#sent.values()) bytesDone += sent;
    this.journal.progress({ bytesDone, bytesTotal: this.total, current: providerName });
  }
}
