import type { Readable } from 'node:stream';
import { throwIfAborted } from '../../../../common/errors/index.js';
import type { StorageDriver } from '../../../ports/index.js';
import type { ManifestBundle } from '../../manifest/index.js';
import { BundleAccess, MISSING } from './bundle-access.js';
import { healed } from './healings.js';
import { CUT_OFF, RunReader } from './run-reader.js';
import type { ContentItem, DamagedItem, EntrySink, FrameRun } from './types.js';

export interface ReadHereOptions<Item extends ContentItem> {
  driver: StorageDriver;
  bundles: readonly ManifestBundle[];
  sink: EntrySink<Item, unknown>;
  onBytes: (bytes: number) => void;
  signal?: AbortSignal;
}

/** Reads one small run on this thread: to start another one would take longer. Answers as `ReadPool.run` does. */
export async function readHere<Item extends ContentItem>(
  run: FrameRun<Item>,
  options: ReadHereOptions<Item>,
): Promise<DamagedItem<Item>[]> {
  const { driver, bundles, sink, onBytes, signal } = options;
  const access = new BundleAccess(driver, bundles, signal);
  const reader = new RunReader(sink, {
    check: () => {
      if (signal !== undefined) throwIfAborted(signal);
    },
    onBytes,
  });
  const body = await access.stream(run.bundle, run.offset, run.length);
  if (body === null) return run.items.map((item) => ({ item, reason: MISSING }));
  const damaged = await read(reader, run, body);
  const where = {
    driver,
    key: access.keyOf(run.bundle),
    bundle: run.bundle,
    ...(signal === undefined ? {} : { signal }),
  };
  return healed(where, damaged, async (again, from) => read(reader, again, from));
}

async function read<Item extends ContentItem>(
  reader: RunReader<Item>,
  run: FrameRun<Item>,
  body: Readable,
): Promise<DamagedItem<Item>[]> {
  try {
    reader.begin(run);
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a byte stream gave something else');
      if (reader.feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))) break;
    }
    return reader.end(CUT_OFF);
  } catch (error) {
    reader.abandon();
    throw error;
  } finally {
    body.destroy();
  }
}
