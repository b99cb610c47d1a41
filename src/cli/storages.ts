import type { ApiClient } from './api-client.js';
import type { StorageDto } from './api-types.js';
import { getNamed } from './named.js';

const STORAGE = { path: '/storage', what: 'storage', code: 'STORAGE_NOT_FOUND', list: 'backupd storage list' };

/** The storage meant by its name, its id or the beginning of one. Error: STORAGE_NOT_FOUND. */
export const getStorage = (api: ApiClient, text: string): Promise<StorageDto> => getNamed(api, STORAGE, text);
