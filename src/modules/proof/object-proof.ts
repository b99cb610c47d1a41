import { createHash } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { Injectable, Logger } from '@nestjs/common';
import { AppError, errnoOf, throwIfAborted } from '../../common/errors/index.js';
import type { StorageDriver } from '../../engine/ports/index.js';
import { BackupAdopter, neededObjects, ObjectLedger, ReadBy } from '../backups/index.js';
import { ResourceService } from '../resources/index.js';
import { checksumUnknown } from './proof.errors.js';
import { type Candidate, ProofStore } from './proof-store.js';

/** After so much of an object others get their turn with disk or network. */
const STEP_BYTES = 64 * 1024 * 1024;
/** What the system says of a disk that has lost the content of a file. */
const LOST = new Set(['EIO', 'EUCLEAN', 'EBADMSG', 'ENODATA']);

/** `gone`: it was deleted, or nobody needs it any more. */
export type Verdict = 'right' | 'damaged' | 'missing' | 'gone';

/** What reading one object took. */
export interface ReadCost {
  bytes: number;
  milliseconds: number;
}

/** Reads an object back and enters into the ledger what came of it. */
@Injectable()
export class ObjectProof {
  private readonly logger = new Logger('proof');

  constructor(
    private readonly orm: MikroORM,
    private readonly resources: ResourceService,
    private readonly ledger: ObjectLedger,
    private readonly adopter: BackupAdopter,
    private readonly store: ProofStore,
  ) {}

  /**
   * All of it, in memory that does not depend on its size. What is not right is read once more before it counts as damaged. Errors:
   * PROOF_CHECKSUM_UNKNOWN, JOB_CANCELLED, and the storage's when it does not answer; then nothing is entered.
   */
  async prove(
    providerId: string,
    driver: StorageDriver,
    object: Candidate,
    cost: ReadCost,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { key } = object;
    const sha256 = object.sha256 ?? (await this.checksum(providerId, key, signal));
    const startedAt = new Date();
    let found = await this.look(driver, { ...object, sha256 }, cost, signal);
    if (found === 'damaged') {
      found = await this.look(driver, { ...object, sha256 }, cost, signal);
      if (found === 'right')
        this.logger.warn(`${key} was read wrong once and right then: is memory, disk or network sound?`);
    }
    if (found === 'right') {
      await this.ledger.note(providerId, { read: [key] }, ReadBy.Ledger, startedAt);
      return found;
    }
    return this.orm.em.fork().transactional(async (em) => {
      const now = (await neededObjects(em, providerId, [key])).get(key);
      if (now === undefined || now.state !== 'present') return 'gone';
      await this.ledger.noteIn(em, providerId, { [found]: [key] }, ReadBy.Ledger);
      this.logger.error(
        `${key} is ${found} on the storage ${providerId}: backups that need it can't be restored from there.`,
      );
      return found;
    });
  }

  private async look(
    driver: StorageDriver,
    object: Candidate & { sha256: string },
    cost: ReadCost,
    signal: AbortSignal,
  ): Promise<'right' | 'damaged' | 'missing'> {
    const stored = await driver.stat(object.key, signal);
    if (stored === null) return 'missing';
    if (stored.size !== object.size) return 'damaged';
    try {
      return (await this.hash(driver, object, cost, signal)) === object.sha256 ? 'right' : 'damaged';
    } catch (error) {
      throwIfAborted(signal);
      if (!(error instanceof AppError)) throw error;
      if (error.code === 'STORAGE_OBJECT_NOT_FOUND') return 'missing';
      // The storage answers, its disk can't read this file.
      if (LOST.has(errnoOf(error.cause) ?? '') && (await driver.stat(object.key, signal)) !== null) return 'damaged';
      throw error;
    }
  }

  private async hash(
    driver: StorageDriver,
    { key, size }: Candidate,
    cost: ReadCost,
    signal: AbortSignal,
  ): Promise<string> {
    const hash = createHash('sha256');
    const kind = driver.kind === 'local' ? 'io' : 'network';
    for (let offset = 0; offset < size; offset += STEP_BYTES) {
      const read = async (): Promise<void> => {
        const began = performance.now();
        const length = Math.min(STEP_BYTES, size - offset);
        for await (const chunk of await driver.read(key, { offset, length }, signal)) {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- streams of drivers give buffers
          const bytes = chunk as Buffer;
          hash.update(bytes);
          cost.bytes += bytes.length;
        }
        cost.milliseconds += performance.now() - began;
      };
      await this.resources.use(kind, read, { signal });
    }
    return hash.digest('hex');
  }

  /** Of a bundle of an old catalogue, which did not keep it: it stands in the manifests that name it. */
  private async checksum(providerId: string, key: string, signal: AbortSignal): Promise<string> {
    const manifestKey = await this.store.manifestNaming(providerId, key);
    // Taking a known backup in again changes nothing but the checksums that are not known yet.
    if (manifestKey !== null) await this.adopter.adopt(providerId, manifestKey, signal);
    const rows = await this.orm.em
      .fork()
      .execute<{ sha256: string | null }[]>('select sha256 from stored_object where provider_id = ? and key = ?', [
        providerId,
        key,
      ]);
    const sha256 = rows[0]?.sha256 ?? null;
    if (sha256 === null) throw checksumUnknown(key);
    return sha256;
  }
}
