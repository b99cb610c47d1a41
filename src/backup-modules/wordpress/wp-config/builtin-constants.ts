import type { PhpValue } from './values.js';

/** PHP's own constants whose value is the same wherever WordPress runs on Linux. */
const VALUES: ReadonlyMap<string, PhpValue> = new Map<string, PhpValue>([
  ['PHP_EOL', '\n'],
  ['DIRECTORY_SEPARATOR', '/'],
  ['PATH_SEPARATOR', ':'],
  ['PHP_INT_MAX', 2n ** 63n - 1n],
  ['PHP_INT_MIN', -(2n ** 63n)],
  ['PHP_INT_SIZE', 8n],
  ['E_ERROR', 1n],
  ['E_WARNING', 2n],
  ['E_PARSE', 4n],
  ['E_NOTICE', 8n],
  ['E_USER_ERROR', 256n],
  ['E_USER_WARNING', 512n],
  ['E_USER_NOTICE', 1024n],
  ['E_DEPRECATED', 8192n],
  ['E_USER_DEPRECATED', 16384n],
  ['ENT_QUOTES', 3n],
  ['PHP_URL_SCHEME', 0n],
  ['PHP_URL_HOST', 1n],
  ['PHP_URL_PORT', 2n],
  ['PHP_URL_USER', 3n],
  ['PHP_URL_PASS', 4n],
  ['PHP_URL_PATH', 5n],
  ['PHP_URL_QUERY', 6n],
  ['PHP_URL_FRAGMENT', 7n],
  ['FILE_IGNORE_NEW_LINES', 2n],
  ['FILE_SKIP_EMPTY_LINES', 4n],
]);

/** Undefined when PHP has no such constant or its value depends on the installation. */
export function lookupBuiltinConstant(name: string): PhpValue | undefined {
  return VALUES.get(name);
}
