import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AppError, asAppError } from '../errors/index.js';
import { PROBLEM_JSON, problemOf } from './problem.js';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A certificate with its key, PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

const running = new Set<Server>();

/** Ends every server of this file; for `afterEach`. */
export function endServers(): void {
  for (const server of running) {
    server.close();
    server.closeAllConnections();
  }
  running.clear();
}

/** A real server on a free port (or the given one); with a certificate it speaks https. */
export async function serve(
  listener: RequestListener,
  tls?: Certificate,
  port = 0,
): Promise<{ port: number; server: Server }> {
  const server = tls === undefined ? createServer(listener) : createSecure(tls, listener);
  running.add(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { port: address.port, server };
}

/** Answers JSON of what the function gives (null = 204), problem+json of the AppError it throws; notes each request. */
export function answering(
  seen: SeenRequest[],
  answer: (request: SeenRequest) => unknown,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    const work = async (): Promise<void> => {
      const request: SeenRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: await buffer(incoming),
      };
      seen.push(request);
      try {
        const value = await answer(request);
        if (value === null) response.writeHead(204).end();
        else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
      } catch (thrown) {
        refuse(response, asAppError(thrown));
      }
    };
    work().catch(() => response.destroy());
  };
}

export function refuse(response: ServerResponse, error: AppError): void {
  const problem = problemOf(error);
  response.writeHead(problem.status, { 'Content-Type': PROBLEM_JSON }).end(JSON.stringify(problem));
}

/** A certificate for the name; self-signed unless an authority is given. */
export function makeCertificate(
  folder: string,
  name: string,
  authority?: Certificate & { path: string },
): Certificate & { path: string } {
  const path = join(folder, name.replaceAll(/\W/g, '-') + Math.random().toString(36).slice(2));
  const subject = `-nodes -days 2 -subj /CN=${name} -addext subjectAltName=DNS:${name}`.split(' ');
  const type = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1'.split(' ');
  const signer = authority === undefined ? [] : ['-CA', `${authority.path}.pem`, '-CAkey', `${authority.path}.key`];
  const files = ['-keyout', `${path}.key`, '-out', `${path}.pem`];
  execFileSync('openssl', [...type, ...subject, ...signer, ...files], { stdio: 'ignore' });
  return { path, key: readFileSync(`${path}.key`, 'utf8'), cert: readFileSync(`${path}.pem`, 'utf8') };
}
