import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach } from 'vitest';
import { parseS3Settings } from './s3-settings.js';
import { S3StorageDriver } from './s3-storage.driver.js';

const ETAG = '"0123456789abcdef0123456789abcdef-3"';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}
export interface Said {
  status?: number;
  headers?: Record<string, string | number>;
  body?: string | Buffer;
  /** So many bytes of the body, then the connection breaks. */
  cutAfter?: number;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server that answers as told, and what it was asked. */
export async function talkingTo(
  answer: (asked: Asked) => Said,
  more: Record<string, unknown> = {},
): Promise<{ asked: Asked[]; driver: S3StorageDriver; as: (isAws: boolean) => S3StorageDriver }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers };
    asked.push(one);
    request.resume();
    request.on('end', () => {
      const { status = 200, headers = {}, body = '', cutAfter } = answer(one);
      response.writeHead(status, headers);
      if (cutAfter === undefined) response.end(body);
      else response.write(body.slice(0, cutAfter), () => response.destroy());
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const endpoint = `http://localhost:${address.port}`;
  const settings = parseS3Settings({
    endpoint,
    bucket: 'bucket',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    partSizeMiB: 5,
    ...more,
  });
  const retry = { attempts: 3, baseMs: 1, capMs: 1 };
  const as = (isAws: boolean): S3StorageDriver => new S3StorageDriver({ ...settings, isAws }, { retry });
  return { asked, driver: as(false), as };
}

/** A server that takes everything; `size` is what it says of an object. */
export function taking(stored: () => Record<string, string | number>): (asked: Asked) => Said {
  return ({ method, query }) => {
    if (method === 'HEAD') return { headers: stored() };
    if (method === 'DELETE') return { status: 204 };
    if (query.has('versioning')) return { body: '<VersioningConfiguration/>' };
    if (method === 'GET') return { body: '<ListMultipartUploadsResult/>' };
    if (query.has('uploads'))
      return { body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>' };
    if (method === 'POST')
      return { body: `<CompleteMultipartUploadResult><ETag>${ETAG}</ETag></CompleteMultipartUploadResult>` };
    return { headers: { etag: '"not-an-md5"' } };
  };
}
