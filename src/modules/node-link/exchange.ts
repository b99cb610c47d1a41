import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelledError, errnoOf } from '../../common/errors/index.js';

// An import would read all the module's exports, and with them load `fetch` and WebSocket.
const { request: plainRequest } = process.getBuiltinModule('node:http');
const { request: secureRequest } = process.getBuiltinModule('node:https');

const CONNECT_MS = 15_000;

/** A request on connections of ours. */
export interface Exchange {
  method: string;
  headers: Readonly<Record<string, string>>;
  agent: Agent;
  /** A stream is sent as it comes, and destroyed when it isn't wanted. */
  body?: string | Buffer | Readable | undefined;
  /** So long nothing may move, from the connection to the answer's end; a reader who takes his time is no standstill. */
  idleMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends it; the answer, whatever its status, when its headers are there. Follows no redirect. Rejects with JOB_CANCELLED when the signal
 * is raised, else with what Node says; ETIMEDOUT when it took too long.
 */
export async function exchange(url: URL, options: Exchange): Promise<IncomingMessage> {
  const { method, headers, agent, body, signal } = options;
  if (signal?.aborted === true) throw cancelledError('The request was cancelled.');
  const request = (url.protocol === 'https:' ? secureRequest : plainRequest)(url, { method, headers, agent });
  const answered = answerOf(request);
  boundTime(request, answered, options.idleMs);
  const cancel = (): unknown => request.destroy(cancelledError('The request was cancelled.'));
  signal?.addEventListener('abort', cancel, { once: true });
  request.once('close', () => signal?.removeEventListener('abort', cancel));
  if (body instanceof Readable) await sendStream(request, body, answered);
  else request.end(body);
  return answered;
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve).on('error', reject);
  });
}

/** An answer that comes before all is sent ends the sending: it is a refusal. */
async function sendStream(request: ClientRequest, body: Readable, answered: Promise<IncomingMessage>): Promise<void> {
  const stop = new AbortController();
  const sent = pipeline(body, request, { signal: stop.signal, end: true });
  const early = answered.then(
    () => 'answered' as const,
    () => 'failed' as const,
  );
  try {
    await Promise.race([sent, early]);
  } catch (error) {
    request.destroy();
    // Of a connection that broke the request says why.
    if (errnoOf(error) === 'ERR_STREAM_PREMATURE_CLOSE') await answered;
    throw error;
  }
  sent.catch(() => undefined);
  if (request.writableEnded) return;
  const response = await answered.catch(() => null);
  body.destroy();
  // The rest is never sent, so the connection is of no more use.
  response?.once('close', () => request.destroy());
}

function boundTime(request: ClientRequest, answered: Promise<IncomingMessage>, idleMs: number): void {
  let response: IncomingMessage | null = null;
  answered.then(
    (found) => (response = found),
    () => undefined,
  );
  const late = (): unknown => request.destroy(timedOut());
  const connecting = setTimeout(late, Math.min(CONNECT_MS, idleMs));
  request.once('close', () => clearTimeout(connecting));
  request.once('socket', (socket) => {
    const connected = (): void => {
      clearTimeout(connecting);
      socket.setTimeout(idleMs);
    };
    const idle = (): void => {
      // Bytes are here that nobody has taken yet.
      if (response !== null && response.readableLength > 0) socket.setTimeout(idleMs);
      else if (response === null) late();
      else response.destroy(timedOut());
    };
    socket.on('timeout', idle);
    request.once('close', () => socket.off('timeout', idle));
    const isSecuring = 'secureConnecting' in socket && socket.secureConnecting === true;
    if (isSecuring) socket.once('secureConnect', connected);
    else if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}

const timedOut = (): Error => Object.assign(new Error('no answer came in time'), { code: 'ETIMEDOUT' });

/** The answer's text; null when it is longer than so many bytes. Closes the connection then. */
export async function boundedText(response: IncomingMessage, mostBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > mostBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The answer's bytes, with faults of the connection as the caller words them. Destroying it closes the connection. */
export function bodyStream(response: IncomingMessage, translate: (error: unknown) => unknown): Readable {
  return Readable.from(translated(response, translate), { objectMode: false });
}

async function* translated(response: IncomingMessage, translate: (error: unknown) => unknown): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw translate(error);
  }
}
