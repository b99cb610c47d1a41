import type { Readable } from 'node:stream';
import { asAppError } from '../../../src/common/errors/index.js';
import {
  FaultyStorageDriver,
  type StorageFault,
  type StorageOperation,
} from '../../../src/engine/testing/faulty-storage.js';
import { MemoryStorageDriver } from '../../../src/engine/testing/memory-storage.js';
import type { ByteRange, PutOptions, PutSource, StorageDriver, StoredObject } from '../../../src/engine/ports/index.js';
import { running, type World } from './world.js';

/** What happens to which operation, and how often. A stat never lies: a storage that does can't be told from damage. */
const FAULTS: Readonly<Record<StorageOperation, readonly [StorageFault, number][]>> = {
  put: [
    ['error', 0.03],
    ['wrongSize', 0.02],
    ['lost', 0.02],
    ['lostAnswer', 0.02],
    ['lostPart', 0.01],
  ],
  stat: [['error', 0.01]],
  read: [
    ['error', 0.02],
    ['truncate', 0.01],
    ['broken', 0.01],
    ['flip', 0.01],
  ],
  list: [
    ['error', 0.02],
    ['broken', 0.02],
    ['stale', 0.1],
  ],
  delete: [
    ['error', 0.03],
    ['lostAnswer', 0.03],
  ],
};

/** One storage of a seed, which outlives all processes. */
export class SimStorage {
  readonly memory = new MemoryStorageDriver();
  readonly faulty: FaultyStorageDriver;
  /** Nothing of it answers. */
  isAway = false;
  isFaulty = true;
  /** What rotted and is not whole again, as it was. */
  readonly rot = new Map<string, Buffer>();

  constructor(
    readonly providerId: string,
    private readonly world: World,
  ) {
    this.faulty = new FaultyStorageDriver(this.memory, { random: world.random });
  }

  /** Chooses what the next operation of this kind meets. */
  prepare(operation: StorageOperation): StorageFault[] {
    const fault = this.choose(operation);
    this.faulty.failNext(operation, fault ?? 'none');
    return fault === null ? [] : [fault];
  }

  private choose(operation: StorageOperation): StorageFault | null {
    if (this.isAway) return 'error';
    if (!this.isFaulty) return null;
    for (const [fault, rate] of FAULTS[operation]) if (this.world.random.chance(rate)) return fault;
    return null;
  }

  /** Somebody put the object there. */
  written(key: string): void {
    const was = this.rot.get(key);
    if (was !== undefined && this.objects.get(key)?.bytes.equals(was) === true) this.rot.delete(key);
  }

  get objects(): MemoryStorageDriver['objects'] {
    return this.memory.objects;
  }
}

/** The driver that the product gets: each operation is an outside call of the running process. */
export class SimDriver implements StorageDriver {
  readonly kind = 'sim';
  private readonly believed = new Map<string, StoredObject>();

  constructor(
    private readonly name: string,
    private readonly storage: SimStorage,
    /** A planted bug: after a put it is believed. */
    private readonly isTrusting: boolean,
  ) {}

  async put(key: string, source: PutSource, options: PutOptions = {}): Promise<StoredObject> {
    // Told afterwards: what it sets off is of the process, not of the storage.
    let sent = 0;
    const onProgress = (bytes: number): void => {
      sent = bytes;
    };
    const answer = await this.call('put', key, (driver) => driver.put(key, source, { ...options, onProgress }));
    this.storage.written(key);
    options.onProgress?.(sent);
    if (this.isTrusting) this.believed.set(key, answer);
    return answer;
  }

  async stat(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    const believed = this.believed.get(key);
    if (believed !== undefined) return believed;
    return this.call('stat', key, (driver) => driver.stat(key, signal));
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    return this.call('read', key, (driver) => driver.read(key, range, signal));
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncGenerator<StoredObject> {
    const found: StoredObject[] = [];
    const failure = await this.call('list', prefix, async (driver) => {
      try {
        for await (const object of driver.list(prefix, signal)) found.push(object);
        return null;
      } catch (error) {
        return asAppError(error);
      }
    });
    yield* found;
    if (failure !== null) throw failure;
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    return this.call('delete', key, (driver) => driver.delete(key, signal));
  }

  async removeAbandoned(): Promise<number> {
    return Promise.resolve(0);
  }

  async space(): Promise<null> {
    return Promise.resolve(null);
  }

  private async call<T>(
    operation: StorageOperation,
    key: string,
    effect: (driver: StorageDriver) => Promise<T>,
  ): Promise<T> {
    const { storage } = this;
    const met: StorageFault[] = [];
    const act = async (): Promise<T> => {
      met.push(...storage.prepare(operation));
      return effect(storage.faulty);
    };
    const here = running.getStore();
    // Within an outside call, as a copy from one storage to another reads its source.
    if (here === undefined) return act();
    try {
      return await here.world.call(here.process, `${this.name} ${operation} ${shortKey(key)}`, act);
    } finally {
      for (const fault of met) here.world.note(`${this.name} ${operation} ${shortKey(key)}: ${fault}`);
    }
  }
}

export function shortKey(key: string): string {
  return key.replace(/^sites\/([0-9a-f-]{36})\//, (_all, id: string) => `${id.slice(-2)}/`);
}
