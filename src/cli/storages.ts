import { AppError } from '../common/errors/index.js';
import type { ApiClient } from './api-client.js';
import type { StorageDto } from './api-types.js';
import { printable } from './format.js';

/** The storage provider meant by a name, an id or the beginning of one. Error: STORAGE_NOT_FOUND. */
export async function getStorage(api: ApiClient, text: string): Promise<StorageDto> {
  const found: StorageDto[] = [];
  for await (const storage of api.all<StorageDto>('/storage')) {
    if (storage.id === text || storage.name === text) return storage;
    if (text.length >= 4 && storage.id.startsWith(text.toLowerCase())) found.push(storage);
  }
  const [storage] = found;
  if (storage !== undefined && found.length === 1) return storage;
  throw new AppError({
    code: 'STORAGE_NOT_FOUND',
    kind: 'not-found',
    message: `There is no storage "${printable(text)}".`,
    hint: 'Give the name or the id of one (`GET /storage` lists them).',
    retry: 'never',
  });
}
