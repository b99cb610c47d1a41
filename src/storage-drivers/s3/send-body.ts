import { Readable } from 'node:stream';
import type { PutOptions } from '../../engine/ports/index.js';
import type { CallOptions } from './s3-connection.js';

/** The budget is asked for no more than this at a time, so that uploads share it evenly. */
const SLICE_BYTES = 64 * 1024;

/** Why the bytes to send did not come; the request was ended for it. */
class BodyFailure extends Error {}

/**
 * Sends a body once: in slices that were taken out of the bandwidth budget first. `onSent` is told of each. An error of the
 * bytes' source or of the budget ends the request and is thrown as it is.
 */
export async function sendBody<T>(
  chunks: AsyncIterable<Buffer>,
  { limiter, signal }: PutOptions,
  onSent: (bytes: number) => void,
  send: (body: Readable, options: CallOptions) => Promise<T>,
): Promise<T> {
  const request = new AbortController();
  const stop = (): void => request.abort();
  let failure: { error: unknown } | null = null;
  async function* slices(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
          const slice = chunk.subarray(at, at + SLICE_BYTES);
          await limiter?.take(slice.length, signal);
          onSent(slice.length);
          yield slice;
        }
      }
    } catch (error) {
      failure = { error };
      request.abort();
      throw new BodyFailure('no more bytes');
    }
  }
  const body = Readable.from(slices(), { objectMode: false, highWaterMark: SLICE_BYTES });
  body.on('error', stop);
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await send(body, { abortSignal: request.signal });
  } catch (error) {
    throw errorOf(failure) ?? error;
  } finally {
    signal?.removeEventListener('abort', stop);
    body.destroy();
  }
}

/** A function, as the compiler believes that nothing was assigned. */
function errorOf(failure: { error: unknown } | null): unknown {
  return failure?.error;
}
