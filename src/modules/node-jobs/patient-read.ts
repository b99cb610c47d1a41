import { Readable } from 'node:stream';
import { backoff } from '../../common/backoff.js';
import { type AppError, asAppError } from '../../common/errors/index.js';
import { pause } from '../../common/pause.js';
import type { ByteRange } from '../../engine/ports/index.js';
import { isAway } from '../node-link/index.js';

const AGAIN = { firstMs: 250, longestMs: 10_000 };

interface Patience {
  /** So long no byte may come, from a failure on. */
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Bytes that come through the master. When it goes away in their midst, what is missing is asked for again once it is back. Errors: those of
 * `open`, at once unless they say that it is away.
 */
export async function patientRead(
  open: (range: ByteRange | undefined) => Promise<Readable>,
  range: ByteRange | undefined,
  { patienceMs, signal }: Patience,
): Promise<Readable> {
  let got = 0;
  let until: number | null = null;
  const left = (): ByteRange | undefined => {
    if (got === 0) return range;
    const offset = (range?.offset ?? 0) + got;
    return range?.length === undefined ? { offset } : { offset, length: range.length - got };
  };
  const opened = async (failed: AppError | null = null): Promise<Readable> => {
    let error = failed;
    for (let attempt = 1; ; attempt += 1) {
      if (error !== null) {
        until ??= performance.now() + patienceMs;
        if (!isAway(error) || performance.now() >= until) throw error;
        await pause(backoff(attempt, AGAIN), signal);
      }
      try {
        return await open(left());
      } catch (thrown) {
        error = asAppError(thrown);
      }
    }
  };
  let body = await opened();
  async function* all(): AsyncGenerator<Buffer> {
    for (;;) {
      try {
        for await (const chunk of body as AsyncIterable<Buffer>) {
          got += chunk.length;
          until = null;
          yield chunk;
        }
        return;
      } catch (error) {
        body = await opened(asAppError(error));
      }
    }
  }
  const bytes = Readable.from(all(), { objectMode: false });
  bytes.once('close', () => body.destroy());
  return bytes;
}
