import { createHash } from 'node:crypto';
import type { SignedPart, SignedRequest } from '../ports/index.js';

export interface PlainAnswer {
  status: number;
  etag: string;
  bytes: Buffer;
}

/** Sends a signed request as it is. It has no credentials: what it may do, the request alone lets it. */
export async function sendSigned(
  { method, url, headers }: Pick<SignedRequest, 'method' | 'url' | 'headers'>,
  body?: Buffer,
  more: Record<string, string> = {},
): Promise<PlainAnswer> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...more },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', bytes };
}

/** What is to be known of the part to have it signed. */
export function partOf(number: number, bytes: Buffer): SignedPart {
  return { number, length: bytes.length, md5: createHash('md5').update(bytes).digest('base64') };
}
