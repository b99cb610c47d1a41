import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError, asAppError, throwIfAborted } from '../../common/errors/index.js';
import type { RunContext } from '../../engine/plans/index.js';
import type { Destination, StreamSource } from '../../engine/ports/index.js';
import { putChecked } from '../../engine/storage/index.js';
import { ObjectLedger, ReadBy, type WrittenObject } from '../backups/index.js';

import { ResourceService } from '../resources/index.js';

type CopyContext = Pick<RunContext, 'signal' | 'journal' | 'resources'>;

/** What a target says of itself: the source has no part in it. */
const OF_THE_TARGET = new Set(['STORAGE_UNREACHABLE', 'STORAGE_DENIED', 'STORAGE_FULL', 'UPLOAD_MISMATCH']);

/** Copies single objects from one provider to another. Nothing half-written is left or noted. */
@Injectable()
export class ObjectCopier {
  constructor(
    private readonly ledger: ObjectLedger,
    private readonly resources: ResourceService,
  ) {}

  /**
   * Brings the object to the target from the first source that gives it whole; false when none does. What a source has not, or has
   * with other bytes, is noted. Memory is bounded. Throws what is the target's fault, and JOB_CANCELLED.
   */
  async copy(
    object: WrittenObject,
    target: Destination,
    sources: readonly Destination[],
    context: CopyContext,
    onProgress: (bytes: number) => void,
  ): Promise<boolean> {
    for (const source of sources) {
      const watch: SourceWatch = { error: null };
      try {
        await context.resources.use('network', () => this.send(object, source, target, watch, context, onProgress), {
          signal: context.signal,
        });
        await this.ledger.written(target.providerId, object);
        return true;
      } catch (error) {
        throwIfAborted(context.signal);
        const failure = asAppError(error);
        if (!(await this.isOfSource(failure, object, source, watch, context))) throw failure;
      }
    }
    return false;
  }

  private async send(
    object: WrittenObject,
    source: Destination,
    target: Destination,
    watch: SourceWatch,
    { signal }: CopyContext,
    onProgress: (bytes: number) => void,
  ): Promise<void> {
    const put = { signal, limiter: this.resources.bandwidth, onProgress };
    await putChecked(target, object.key, sourceOf(object, source, watch), put);
  }

  /** Whether the source is to blame; what is wrong with it is noted. */
  private async isOfSource(
    failure: AppError,
    object: WrittenObject,
    source: Destination,
    watch: SourceWatch,
    { signal, journal }: CopyContext,
  ): Promise<boolean> {
    const { key } = object;
    let fault = watch.error;
    if (fault === null && !OF_THE_TARGET.has(failure.code)) {
      fault = await differenceIn(object, source, signal).catch((error: unknown) => asAppError(error));
      throwIfAborted(signal);
    }
    if (fault === null) return false;
    if (fault.code === 'STORAGE_OBJECT_NOT_FOUND')
      await this.ledger.note(source.providerId, { missing: [key] }, ReadBy.Repair);
    else if (fault.kind === 'damaged') await this.ledger.note(source.providerId, { damaged: [key] }, ReadBy.Repair);
    const message = `${key} can't be copied from "${source.providerName}": ${fault.message}`;
    journal.note(message, { provider: source.providerName, code: fault.code });
    return true;
  }
}

/** What went wrong while the source was read. */
interface SourceWatch {
  error: AppError | null;
}

function sourceOf({ key, size, sha256 }: WrittenObject, { driver }: Destination, watch: SourceWatch): StreamSource {
  const blame = (error: unknown): unknown => {
    watch.error ??= asAppError(error);
    return error;
  };
  return {
    size,
    sha256,
    open: async (range, signal) => {
      const body = await driver.read(key, range, signal).catch((error: unknown) => {
        throw blame(error);
      });
      return Readable.from(watched(body, blame), { objectMode: false });
    },
  };
}

/** The bytes; an error that comes with them is told to be theirs. */
async function* watched(body: Readable, blame: (error: unknown) => unknown): AsyncGenerator {
  try {
    yield* body;
  } catch (error) {
    throw blame(error);
  } finally {
    body.destroy();
  }
}

/** Reads the object back: in what it differs from what was stored, or null. Throws what the storage throws. */
async function differenceIn(
  { key, size, sha256 }: WrittenObject,
  { driver, providerName }: Destination,
  signal: AbortSignal,
): Promise<AppError | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of await driver.read(key, undefined, signal)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
    hash.update(chunk);
    bytes += chunk.length;
  }
  if (bytes === size && hash.digest('hex') === sha256) return null;
  return new AppError({
    code: 'BUNDLE_DAMAGED',
    kind: 'damaged',
    message: `what "${providerName}" has is not what was stored.`,
    retry: 'never',
    context: { key, expectedBytes: size, storedBytes: bytes },
  });
}
