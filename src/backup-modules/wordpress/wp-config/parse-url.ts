import { known, untold, type Outcome } from './operators.js';
import { PhpArray, type ArrayKey, type PhpValue, type Value } from './values.js';

const URL =
  /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^:@/?#\s]*)(?::([^@/?#\s]*))?@)?(\[[0-9A-Fa-f:.]+\]|[^:@/?#\s[\]]+)(?::(\d{1,5}))?(\/[^?#]*)?(?:\?([^#]*))?(?:#(.*))?$/s;
const COMPONENTS = ['scheme', 'host', 'port', 'user', 'pass', 'path', 'query', 'fragment'] as const;

/** PHP's `parse_url` for well-formed absolute URLs (what DATABASE_URL is); other forms are not told. */
export function parseUrl(args: readonly PhpValue[]): Outcome {
  const [url, component] = args;
  const match = typeof url === 'string' && /^[\x21-\x7e]*$/.test(url) ? URL.exec(url) : null;
  if (match === null) return untold('takes apart a URL of an odd form');
  const [, scheme, user, pass, host, port, path, query, fragment] = match;
  const number = port === undefined ? undefined : BigInt(port);
  if (number !== undefined && (number === 0n || number > 65535n)) return untold('takes apart a URL with an odd port');
  const parts: Record<(typeof COMPONENTS)[number], Value | undefined> = {
    scheme,
    host,
    port: number,
    user,
    pass,
    path,
    query,
    fragment,
  };
  if (component !== undefined && component !== -1n) {
    if (typeof component !== 'bigint') return untold('takes apart a URL with an odd component');
    const name = COMPONENTS[Number(component)];
    const value = name === undefined ? undefined : parts[name];
    if (name === undefined) return untold('takes apart a URL with an odd component');
    return known(typeof value === 'string' || typeof value === 'bigint' ? value : null);
  }
  const map = new Map<ArrayKey, Value>();
  for (const name of COMPONENTS) {
    const value = parts[name];
    if (value !== undefined) map.set(name, value);
  }
  return known(new PhpArray(map, 0n));
}
