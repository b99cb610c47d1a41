import type { ApiClient } from './api-client.js';
import type { StorageDto } from './api-types.js';
import { usageError } from './exit-codes.js';
import { printable } from './format.js';

/** The storage meant by its name, its id or the beginning of one. An exact name goes before one in other capitals. */
export async function getStorage(api: ApiClient, text: string): Promise<StorageDto> {
  const all: StorageDto[] = [];
  for await (const storage of api.all<StorageDto>('/storage')) all.push(storage);
  const wanted = text.toLowerCase();
  const named = all.find(({ id, name }) => id === wanted || name === text);
  if (named !== undefined) return named;
  const found = all.filter(
    ({ id, name }) => name.toLowerCase() === wanted || (wanted.length >= 4 && id.startsWith(wanted)),
  );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw usageError(
    first === undefined
      ? `There is no storage "${printable(text)}".`
      : `"${printable(text)}" means more than one storage.`,
    '"backupd storage list" shows them.',
  );
}
