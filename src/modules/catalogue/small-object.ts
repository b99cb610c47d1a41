import type { StorageDriver } from '../../engine/ports/index.js';

/** The bytes of a small object, of a larger one its beginning. Errors: the storage's. */
export async function readSmall(
  driver: StorageDriver,
  key: string,
  most: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const body = await driver.read(key, { offset: 0, length: most }, signal);
  const parts: Buffer[] = [];
  try {
    for await (const part of body as AsyncIterable<Buffer>) parts.push(part);
  } finally {
    body.destroy();
  }
  return Buffer.concat(parts);
}
