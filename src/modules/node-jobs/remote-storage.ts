import type { Readable } from 'node:stream';
import { AppError } from '../../common/errors/index.js';
import {
  type ByteRange,
  type Destination,
  type PutOptions,
  type PutSource,
  type StorageDriver,
  type StoredObject,
} from '../../engine/ports/index.js';
import type { Access, StatAnswer, StoragePlace } from '../node-protocol/index.js';
import { RemoteUpload } from './remote-upload.js';
import type { RunLink } from './run-link.js';
import { storedObject } from './stored-facts.js';

/** Ranges of an object are read with one signature for as long as it is good for half its time. */
interface KnownAccess {
  access: Access;
  until: number;
}
const MOST_KNOWN = 200;

/** A storage as a run on a node has it: it may do what the master lets this run do, and no more. Never lists or deletes. */
export class RemoteStorage implements StorageDriver {
  readonly kind: string;
  private readonly known = new Map<string, KnownAccess>();

  constructor(
    private readonly place: StoragePlace,
    private readonly link: RunLink,
  ) {
    this.kind = place.kind;
  }

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    return new RemoteUpload(this.place.providerId, key, this.link, options).put(source);
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const body = { providerId: this.place.providerId, keys: [key] };
    const { objects } = await this.link.ask<StatAnswer>('stat', body, signal === undefined ? {} : { signal });
    const facts = objects[0] ?? null;
    return facts === null ? null : storedObject(key, facts);
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    const query = { providerId: this.place.providerId, key };
    try {
      return await this.link.read(await this.access(key, signal), query, range, signal);
    } catch (error) {
      // The signature may have expired by the storage's clock: the next one is new.
      this.known.delete(key);
      throw error;
    }
  }

  // oxlint-disable-next-line require-yield -- there is nothing to list
  async *list(): AsyncGenerator<StoredObject> {
    await Promise.reject(notForNodes());
  }

  delete(): Promise<void> {
    return Promise.reject(notForNodes());
  }

  removeAbandoned(): Promise<number> {
    return Promise.reject(notForNodes());
  }

  space(): Promise<null> {
    return Promise.resolve(null);
  }

  private async access(key: string, signal?: AbortSignal): Promise<Access> {
    const known = this.known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.access;
    const body = { providerId: this.place.providerId, key };
    const access = await this.link.ask<Access>('read', body, signal === undefined ? {} : { signal });
    const [oldest] = this.known.keys();
    if (this.known.size >= MOST_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.known.set(key, { access, until: performance.now() + (access.expiresInSeconds * 1000) / 2 });
    return access;
  }
}

export function destinationOf(place: StoragePlace, link: RunLink): Destination {
  return { providerId: place.providerId, providerName: place.providerName, driver: new RemoteStorage(place, link) };
}

function notForNodes(): AppError {
  return new AppError({
    code: 'INTERNAL',
    kind: 'internal',
    message: 'A node neither lists nor deletes what is stored.',
    retry: 'never',
  });
}
