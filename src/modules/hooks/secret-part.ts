import type { SecretBox } from '../secrets/index.js';
import type { Hook } from './hook.entity.js';

/** What of an HTTP hook is sealed: the URL, which often is a secret itself, and the headers. */
export interface SecretPart {
  url: string;
  headers: Record<string, string>;
}

export function secretPartOf({ sealed }: Pick<Hook, 'sealed'>, box: SecretBox): SecretPart {
  if (typeof sealed !== 'string') return { url: '', headers: {} };
  const part: unknown = JSON.parse(box.reveal(sealed));
  if (typeof part !== 'object' || part === null) return { url: '', headers: {} };
  const headers = 'headers' in part && typeof part.headers === 'object' ? part.headers : {};
  const texts = Object.entries(headers ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    url: 'url' in part && typeof part.url === 'string' ? part.url : '',
    headers: Object.fromEntries(texts),
  };
}

/** Of a URL what may be shown: scheme, host and port. */
export function originOf(url: string): string {
  return new URL(url).origin;
}

/** Segments of a path and values of a query that are at least so long are taken for keys. */
const KEY_LENGTH = 12;

/** What of it must not come back in an answer that repeats what it was asked. */
export function textsOf({ url, headers }: SecretPart): string[] {
  const { href, pathname, search, searchParams } = new URL(url);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= KEY_LENGTH);
  const wholes = [url, href, pathname + search, ...Object.values(headers)].filter((text) => text.length > 1);
  return [...wholes, ...parts, ...parts.map(decoded)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
