import { cancelledError } from '../../common/errors/index.js';
import type { ByteRange, StreamSource } from './storage-driver.js';

/**
 * The bytes of a range of a stream source, chunk by chunk. JOB_CANCELLED when the signal is raised, also while the stream
 * is silent. The stream is closed in the end, however that comes.
 */
export async function* sourceChunks(
  source: StreamSource,
  range: ByteRange,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  if (isAborted(signal)) throw cancelledError();
  const body = await source.open(range, signal);
  const stop = (): void => {
    body.destroy(cancelledError());
  };
  // A late error of a stream that is not read any more has nobody else to hear it.
  body.on('error', () => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of body) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    if (isAborted(signal)) throw cancelledError();
  } catch (error) {
    throw isAborted(signal) ? cancelledError() : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    body.destroy();
  }
}

/** A function, so that the compiler does not take an earlier answer for the present one. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
