import type { IncomingMessage, RequestOptions } from 'node:http';

// An import would read all the module's exports, and with them load `fetch` and WebSocket.
const { request: plainRequest } = process.getBuiltinModule('node:http');

/** A request of the command line. */
export interface HttpRequest {
  method: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The server's answer, whatever its status, as soon as its headers are there; the body streams. Rejects when there is no answer.
 * In place of `fetch`, which takes longer to load than most commands take to run.
 */
export async function send(url: string, { method, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
  const request = url.startsWith('https:') ? process.getBuiltinModule('node:https').request : plainRequest;
  const options: RequestOptions = { method, headers: { ...headers } };
  if (signal !== undefined) options.signal = signal;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, resolve);
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The whole body of an answer. */
export async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const part of response) text += String(part);
  return text;
}
