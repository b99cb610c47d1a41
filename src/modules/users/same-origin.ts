import type { IncomingMessage } from 'node:http';
import { otherOrigin } from './users.errors.js';

const READING = new Set(['GET', 'HEAD']);

/**
 * Lets through what a page of this server asks for, and what a person asks for in the address bar: a page of another site must not use
 * the session of its visitor (CSRF). Goes by `Sec-Fetch-Site`, which browsers send where the page came safely, else by `Origin`, which
 * they send with everything that changes something. Error: ORIGIN_NOT_ALLOWED.
 */
export function checkSameOrigin({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): void {
  const isReading = READING.has(method ?? 'GET');
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site === 'same-origin' || (site === 'none' && isReading)) return;
    throw otherOrigin();
  }
  const { origin, host } = headers;
  if (origin === undefined && isReading) return;
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host?.toLowerCase())
    throw otherOrigin();
}
