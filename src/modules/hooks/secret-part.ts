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
