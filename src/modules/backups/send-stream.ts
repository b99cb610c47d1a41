import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Response } from 'express';
import { copyDiffers } from './backups.errors.js';

/** How a download is labelled. */
export interface DownloadHeaders {
  type: string;
  /** Name to save it under, any text. */
  name: string;
  /** Exact length where it is known. */
  length?: number;
}

/**
 * Sends content as a download. The last piece is held back until the content has ended without an error: damage that is
 * found at the end breaks the connection off short, and is never a complete-looking answer. An error before the first
 * byte went out is thrown for the error filter.
 */
export async function sendDownload(
  response: Response,
  content: Readable,
  headers: DownloadHeaders,
  signal: AbortSignal,
): Promise<void> {
  const stop = (): void => {
    content.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  let held: Buffer | null = null;
  try {
    for await (const piece of content as AsyncIterable<Buffer>) {
      if (held !== null) await write(response, held, headers, signal);
      held = piece;
    }
    if (signal.aborted) return;
    begin(response, headers);
    response.end(held ?? undefined);
  } catch (error) {
    if (signal.aborted) return;
    if (!response.headersSent) throw error;
    response.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    content.destroy();
  }
}

/**
 * The same content, begun: small content has been read to its end, and checked, before this returns. So damage of one copy
 * is found while another can still be tried.
 */
export async function begun(content: Readable): Promise<Readable> {
  const pieces: AsyncIterator<Buffer> = content.iterator() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  const second = first.done === true ? first : await pieces.next();
  async function* rest(): AsyncGenerator<Buffer> {
    try {
      for (let piece = second; piece.done !== true; piece = await pieces.next()) yield piece.value;
    } finally {
      content.destroy();
    }
  }
  async function* all(): AsyncGenerator<Buffer> {
    if (first.done !== true) yield first.value;
    yield* rest();
  }
  return Readable.from(all(), { objectMode: false });
}

/** The stream's bytes, ending in an error when they are not what was written. */
export async function* checked(
  content: AsyncIterable<Buffer>,
  key: string,
  size: number,
  sha256: string,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    bytes += piece.length;
    yield piece;
  }
  if (bytes !== size || hash.digest('hex') !== sha256) throw copyDiffers(key, size, bytes);
}

/** RFC 6266 and RFC 5987: an ASCII name for old clients, the real one for the others. */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

async function write(response: Response, piece: Buffer, headers: DownloadHeaders, signal: AbortSignal): Promise<void> {
  begin(response, headers);
  if (!response.write(piece)) await once(response, 'drain', { signal });
}

function begin(response: Response, { type, name, length }: DownloadHeaders): void {
  if (response.headersSent) return;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Disposition', contentDisposition(name));
  response.setHeader('Cache-Control', 'no-store');
  if (length !== undefined) response.setHeader('Content-Length', String(length));
}
