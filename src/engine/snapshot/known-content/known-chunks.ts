import type { ContentLocation, ParentBackup } from '../manifest/index.js';
import { ParentPart } from './from-parent.js';
import { KnownContent } from './known-content.js';

/**
 * The pieces of the parent's dump that are stored already. They are looked up in about the order in which the parent's manifest has
 * them, so it is read only as far as it must be to find the next one: while the rest of the dump is on its way, not before
 * it begins. Close it.
 */
export class KnownChunks {
  private readonly known: KnownContent;

  private constructor(private readonly part: ParentPart) {
    this.known = new KnownContent(part.builder.growing());
  }

  /** `recordPath`: a file in the work folder for the records; what was there is gone. */
  static async open(parent: ParentBackup, recordPath: string): Promise<KnownChunks> {
    const [from, to] = [Buffer.from('database/'), Buffer.from('external')];
    const options = { parent, recordPath, from, to, wants: () => true };
    return new KnownChunks(await ParentPart.open(options, (entries) => entries));
  }

  /** Where this content is stored, with the name of the member that holds it, or null. One at a time. */
  async find(sha256Hex: string, size: number): Promise<ContentLocation | null> {
    for (;;) {
      const found = this.known.find(sha256Hex, size);
      // eslint-disable-next-line no-await-in-loop -- frame by frame, until it is there
      if (found !== null || !(await this.part.next())) return found;
      this.part.builder.flush();
    }
  }

  async close(): Promise<void> {
    this.known.close();
    this.part.builder.abandon();
    await this.part.close();
  }
}
