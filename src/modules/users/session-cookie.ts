import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { CookieOptions, Response } from 'express';

/** Over TLS the browser itself holds the cookie to this host and path. */
const SECURE_NAME = '__Host-backupd';
const PLAIN_NAME = 'backupd_session';

/** What the session's cookie holds; null = there is none. Over TLS only the one that was set over TLS counts. */
export function cookieOf({ headers }: Pick<IncomingMessage, 'headers'>, secure: boolean): string | null {
  return parseCookie(headers.cookie ?? '')[secure ? SECURE_NAME : PLAIN_NAME] ?? null;
}

/** Pages get no hold of it, and no other site's page makes a browser send it. */
const options = (secure: boolean): CookieOptions => ({ httpOnly: true, sameSite: 'strict', path: '/', secure });

export function setCookie(response: Response, text: string, { secure, until }: { secure: boolean; until: Date }): void {
  response.cookie(secure ? SECURE_NAME : PLAIN_NAME, text, { ...options(secure), expires: until });
}

export function clearCookie(response: Response, secure: boolean): void {
  response.clearCookie(secure ? SECURE_NAME : PLAIN_NAME, options(secure));
}
