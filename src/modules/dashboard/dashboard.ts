import type { NextFunction, Request, Response } from 'express';
import type { ClientFile } from './client-files.js';

/** Only our own files, no inline script or style, in nobody's frame; markup is made by nothing but the DOM's own functions. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>backupd</title>
<h1>The dashboard is not built</h1>
<p>This server runs without it. <code>npm run build</code> makes it; restart the server then.</p>
<p>The API works: see <a href="/docs">its documentation</a>.</p>
</html>
`;

/** Answers for exactly the files that there are; every other path is the API's. */
export function dashboard(files: ReadonlyMap<string, ClientFile>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    // The path as it came: Nest mounts middleware below a path of its own.
    const path = new URL(request.originalUrl, 'http://localhost').pathname;
    const file = isRead ? files.get(path) : undefined;
    if (file !== undefined) send(request, response, file);
    else if (isRead && path === '/' && files.size === 0) {
      response.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
      response.status(503).type('html').send(NOT_BUILT);
    } else next();
  };
}

function send(request: Request, response: Response, file: ClientFile): void {
  response.set({
    'Content-Security-Policy': POLICY,
    'Content-Type': file.type,
    'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const coding = request.acceptsEncodings([...file.packed.keys(), 'identity']);
  const packed = coding === false ? undefined : file.packed.get(coding);
  if (packed !== undefined && coding !== false) response.set('Content-Encoding', coding);
  const body = packed ?? file.plain;
  response.set('Content-Length', String(body.length));
  response.end(request.method === 'HEAD' ? undefined : body);
}
