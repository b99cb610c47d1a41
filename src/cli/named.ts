import { AppError } from '../common/errors/index.js';
import type { ApiClient } from './api-client.js';
import { usageError } from './exit-codes.js';
import { printable, shortId } from './format.js';

/** What is looked for by name. */
export interface NamedThing {
  /** Where the API lists it. */
  path: string;
  /** What it is called: `storage`. */
  what: string;
  /** Of the error when there is none: `STORAGE_NOT_FOUND`. */
  code: string;
  /** The command that lists them, for who has mistyped. */
  list: string;
}

/**
 * The one meant by its name, its id or the beginning of one (four characters or more). An exact name goes before one in other
 * capitals. Errors: the code, when there is none; a usage error when several are meant.
 */
export async function getNamed<T extends { id: string; name: string }>(
  api: ApiClient,
  { path, what, code, list }: NamedThing,
  text: string,
): Promise<T> {
  const all: T[] = [];
  for await (const each of api.all<T>(path)) all.push(each);
  const wanted = text.toLowerCase();
  const exact = all.find(({ id, name }) => id === wanted || name === text);
  if (exact !== undefined) return exact;
  const found = all.filter(
    ({ id, name }) => name.toLowerCase() === wanted || (wanted.length >= 4 && id.startsWith(wanted)),
  );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined)
    throw usageError(
      `"${printable(text)}" means more than one ${what}: ${found.map(({ id }) => shortId(id)).join(', ')}.`,
      'Give the id.',
    );
  throw new AppError({
    code,
    kind: 'not-found',
    message: `There is no ${what} "${printable(text)}".`,
    hint: `"${list}" lists them.`,
    retry: 'never',
  });
}
